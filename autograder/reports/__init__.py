"""Pages and files made of what is on record: for a student, for the class, and for programs that look for copies."""
