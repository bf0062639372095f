"""Imported first, by the command line and by the workers: leaves out what costs a second and is not used.

nbformat checks notebooks with jsonschema, which builds a grammar of internationalised addresses if the package
rfc3987_syntax is there. No notebook has such addresses, and jsonschema does without.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
