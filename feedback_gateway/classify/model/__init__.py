"""The model of what a text is about: a linear model over words and letters, seeded by the lexicon and by examples.

Reading with a model needs numpy only; making one (`training`) imports scikit-learn and is done by a process of its own.
"""
