# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Capstone: a language model of your own
#
# You choose a text, train a recurrent language model on it, and report what came out, so that a stranger could find the same and would believe you.
# The page "Capstone: a language model of your own" has the task, and the rubric by which the report is graded.
#
# The first part is made of tools, which are checked as always: a text prepared without leaks, an honest score, and a floor to beat. Use NumPy alone.
# The second part is your report, in words and tables. **Do not train in this notebook**: train in a program of your own, and write down here what it printed.
#
# The tools are worth 20 points and the report 30.

# %% given="imports"
from collections import Counter

import numpy as np

from autograder import check

# %% [markdown]
# ## 1. A text, prepared without a leak
#
# Before a network sees your text, three things are to be made of it, and each of them can give away what the test part should keep secret.
# `documents` is a list of N strings: poems, articles, tunes. `shares` are three numbers that add up to 1.
#
# **A split**: three lists of indices, `train`, `validation` and `test`.
#
# - Every index 0 ... N-1 is in exactly one of them.
# - Two documents with the same text are in the same part. Upper and lower case, and how much white space stands between words or at the ends, make no difference.
# - Each part has its share of all **characters**, copies and white space counted, up to 0.1 more or less. No document is so long that this could not be done.
# - The split is random: it comes from `rng`, a NumPy generator, and every document can get into every part. The same generator gives the same split.
#
# **A vocabulary**: a list `symbols` of strings, first `"<unk>"`, the unknown symbol, and then, sorted by code point, each character that occurs at least `min_count` times in the documents that you may look at.
# Which documents are these? Blanks and line breaks are characters like all others.
#
# **The text in numbers**: one array `ids` of integers for all documents in their order, one after another with nothing between them. Each character becomes its place in `symbols`,
# and 0 if it is not there. If `<unk>` is written out in a text, it is five characters like any others.
#
# The split is worth 60 % of the points, the vocabulary with the numbers the rest.
#
# *Reread: "Capstone: a language model of your own", equations text-split and unknown-symbol.*


# %% [markdown] hints="prepare_text"
# Three things are asked for, and they depend on each other in one direction only. The vocabulary needs the split; the split needs no vocabulary.
# ***
# Group the documents by their text without case and white space. From then on move groups about, never documents. Shuffle the groups, and add up their characters.
# ***
# Place each group by where its middle falls among all characters, compared with the cumulative shares. Then count the characters of the training documents alone, and look each character of all documents up in a dict, with a default.


# %% exercise="prepare_text" level="build" minutes=50
def prepare_text(documents, shares, min_count, rng):
    """Documents in three parts, copies together; the symbols that training knows; and all documents in numbers.

    Equation: text-split, unknown-symbol
    documents: N strings. shares: of the characters, for training, validation and test; they add up to 1.
    min_count: how often a character must occur to be a symbol.
    """
    ### BEGIN SOLUTION
    copies = {}
    for k, text in enumerate(documents):
        copies.setdefault(" ".join(text.lower().split()), []).append(k)
    groups = list(copies.values())
    groups = [groups[g] for g in rng.permutation(len(groups))]
    sizes = np.array([sum(len(documents[k]) for k in group) for group in groups])
    middles = (np.cumsum(sizes) - sizes / 2) / sizes.sum()
    bounds = np.cumsum(shares)[:2]
    parts = ([], [], [])
    for group, part in zip(groups, np.searchsorted(bounds, middles)):
        parts[part].extend(group)
    counts = Counter("".join(documents[k] for k in parts[0]))
    symbols = ["<unk>", *sorted(c for c in counts if counts[c] >= min_count)]
    number = {symbol: k for k, symbol in enumerate(symbols)}
    ids = np.array([number.get(c, 0) for c in "".join(documents)], dtype=int)
    return *parts, symbols, ids
    ### END SOLUTION


# %% check="prepare_text" points=11
check("prepare_text", prepare_text)

# %% [markdown] notice="prepare_text"
# If your vocabulary had come from all documents, every split would have had the same one, and no character of the test part would ever have been unknown. The score would have looked a little better, and nobody could have seen why.
# A leak of this kind is not found by looking at the split. It is found by asking of each number what it was allowed to know.

# %% [markdown]
# ## 2. Bits per character
#
# A model has been run over a held-out text, piece by piece. `nlls` is a list of arrays that hold, for each character, minus the natural logarithm of the probability of its **symbol**.
# `ids` is a list of arrays of the same lengths with the symbols themselves, 0 for an unknown character.
#
# A symbol is not yet a character: where the model has said `<unk>`, somebody still has to say *which* unknown character it was.
# Let `others` be the number of characters that this could be, all equally likely. Return the mean number of **bits** for a character, over all characters of all pieces.
#
# What score would a model have whose vocabulary is `<unk>` alone, if this were forgotten?
#
# *Reread: "Capstone: a language model of your own", equation bits-per-character.*


# %% [markdown] hints="bits_per_character"
# Read "The unknown symbol" again. Who pays for the name of an unknown character, and how much?
# ***
# Add up everything in nats over all pieces, the names included, and count all characters. Divide once, at the very end.
# ***
# A piece may be longer than another one, so the mean of the pieces' means is not the mean. And nats become bits by one constant.


# %% exercise="bits_per_character" level="build" minutes=25
def bits_per_character(nlls, ids, others):
    """The mean number of bits for a character of a held-out text.

    Equation: bits-per-character
    nlls: list of arrays (n,), in nats. ids: list of integer arrays (n,). others: how many characters <unk> stands for.
    """
    ### BEGIN SOLUTION
    total = sum(nll.sum() + np.sum(k == 0) * np.log(others) for nll, k in zip(nlls, ids))
    return total / sum(len(nll) for nll in nlls) / np.log(2)
    ### END SOLUTION


# %% check="bits_per_character" points=4
check("bits_per_character", bits_per_character)

# %% [markdown] notice="bits_per_character"
# A model that calls every character unknown has a loss of zero, and your function charges it exactly $\log_2$ `others` bits for each: the price of guessing blindly. Between this and a full vocabulary lies every other one, and now they can be compared.

# %% [markdown]
# ## 3. The floor to beat
#
# How well can one do without any network? The simplest answer is to count n-grams, and to add a positive number `alpha` to each count, so that nothing is impossible:
#
# $$P_n(x \mid c) = \frac{N(c\,x) + \alpha}{N(c) + \alpha K}$$
#
# Here c are the n - 1 symbols before x, N(c x) says how often x followed c in the training text, and N(c) how often anything followed c there.
#
# For each n = 1, ..., N compute the mean of $-\log_2 P_n$ on the validation text. For every n, score only the symbols that have N - 1 others of their text before them, so that all n are compared on the same symbols.
# Choose the n with the fewest bits, and the smallest one if several are equal.
#
# Return this n and the mean bits **of the test text** with it, over the symbols that have N - 1 others before them.
#
# *Reread: "Capstone: a language model of your own", equation ngram-add-alpha.*


# %% [markdown] hints="ngram_floor"
# Write the grams of length n of a text first, for any n. The counts of a context are those of n-grams without their last symbol.
# ***
# For n = 1 the context is empty, and it was followed by something as often as the training text has symbols. Does your count say so?
# ***
# All n are compared on the same symbols, those with N - 1 others before them. How many grams of length n must be left out at the start of a text so that the same symbols remain?


# %% exercise="ngram_floor" level="build" minutes=45
def ngram_floor(train, validation, test, K, N, alpha):
    """The n-gram model that is best on the validation text, and its bits on the test text.

    Equation: ngram-add-alpha
    train, validation, test: integer arrays, symbols 0..K-1, the last two longer than N. alpha: added to each count.
    """

    ### BEGIN SOLUTION
    def grams(text, n):
        return list(zip(*(np.asarray(text)[j:].tolist() for j in range(n))))

    def bits(text, n):
        both = Counter(grams(train, n))
        before = Counter(gram[:-1] for gram in grams(train, n))
        p = [(both[gram] + alpha) / (before[gram[:-1]] + alpha * K) for gram in grams(text, n)[N - n :]]
        return -np.log2(p).mean()

    n = min(range(1, N + 1), key=lambda n: bits(validation, n))
    return n, bits(test, n)
    ### END SOLUTION


# %% check="ngram_floor" points=5
check("ngram_floor", ngram_floor)

# %% [markdown] notice="ngram_floor"
# Look at the bits on the validation text for each n: they fall at first, and then they rise again, because long contexts have mostly never been seen, and an unseen context knows nothing but `alpha`.
# A recurrent network does not have to choose n. If it beats this floor, it is because two contexts that differ in letters can be near each other as states.

# %% [markdown]
# ## 4. Your text
#
# Which text is it, where is it from, under which licence may it be used, and how long is it? Give its SHA-256, so that nobody can mistake it.
# How did you split it, and what could have leaked? How many characters of the test part are unknown to your vocabulary?
#
# *5 points: 2 for a text that somebody else can get again, 2 for the split and what could leak, 1 for the unknown characters.*

# %% [markdown] answer="text" points=5
# A good answer names the text so that it can be found again (title, address, date, licence, number of characters, SHA-256).
# It says what a document is and why documents were not cut, how copies were looked for and how many were found, and which seed made the split.
# It sees at least one leak that copies do not cover: the same song in two editions, headers that repeat, a translation beside its original.
# The vocabulary comes from the training part alone, and the number of unknown characters in the test part is given.

# %% [markdown]
# ## 5. Your model
#
# Which cell, which sizes, how many parameters, and how was it trained: optimiser, learning rate, clipping, batch, window, dropout, updates, time, machine?
# Which of these did you choose by the validation part, and among how many that you tried?
#
# *5 points: 2 for a description from which the model could be built, 1 for how it was trained, 2 for how choices were made, those that failed included.*

# %% [markdown] answer="model" points=5
# A good answer gives the equations' choices (cell, layers, H, size of the embedding, where dropout stands) and the number of parameters, computed and not guessed.
# It gives the optimiser with all its numbers, the threshold of clipping, B and T, whether the state is carried, the number of updates, the time and the machine.
# It lists every setting that was tried with its validation score, and chooses by validation only.

# %% [markdown]
# ## 6. Your result
#
# A table with bits per character on the test part: of your model, of the n-gram floor of part 3, and of at least one change that you made to your model on purpose.
# With it, how sure you are: the same with at least three seeds, or an interval over documents. And the course of training: training and validation loss, in a table or in words.
#
# *8 points: 3 for the table with the floor beside it, in bits per character of the same characters; 2 for how sure it is; 2 for the course of training and what it says; 1 if the model beats the floor.*

# %% [markdown] answer="result" points=8
# A good answer has all numbers on the same test characters, scored once, after all choices were made, with what unknown characters cost in all of them.
# The uncertainty is over seeds or over documents, not over characters, which are not independent. A difference within it is not called a gain.
# It says where training and validation part, and what was done about it.
# A model that does not beat the floor loses one point, not more: an honest report of why is worth the rest.

# %% [markdown]
# ## 7. What it writes
#
# Three passages from your model, not chosen by you: the first three with a seed that you name. Say at which temperature.
# What has the model learned of the text, and what has it not? Has it learned passages by heart, and how did you find out?
#
# *4 points: 1 for passages that were not chosen, 2 for what they show, 1 for a search in the training text.*

# %% [markdown] answer="samples" points=4
# A good answer names seed and temperature and shows the passages as they came, broken off where they broke off.
# It tells what is right over which distance (spelling, words, lines, rhyme, who speaks) and what fails first.
# It gives the longest stretch that also stands in the training text, and compares it with the longest that test and training share.

# %% [markdown]
# ## 8. What went wrong
#
# Where does your model pay its bits? Show the kinds of places where it pays most, with numbers. Name one thing that you expected and that did not happen, and what you would try next.
#
# *5 points: 2 for where the bits go, measured; 2 for an expectation that failed, with a reason that could be tested; 1 for what to try next.*

# %% [markdown] answer="failures" points=5
# A good answer sorts the bits by something that can be counted: the place in a word, the class of character, the distance from the beginning of a document, frequent words against rare ones.
# It says how many per cent of all bits each kind has, not only which is dearest.
# The failed expectation is stated as it was before the experiment, and the reason is one that another experiment could refute.

# %% [markdown]
# ## 9. Again
#
# How does somebody else get your numbers? Give the commands, in order, the seeds, and the versions of what you used. Which of your numbers will come out the same, and which only nearly?
#
# *3 points: 2 for commands that somebody could run, 1 for what will differ.*

# %% [markdown] answer="again" points=3
# A good answer is a short list of commands from an empty folder to the table of part 6, with seeds, versions and how long each takes.
# It knows that another machine, another number of threads or a GPU changes the last digits, and after many updates more than those.
