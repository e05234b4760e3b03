"""The recommended training of word vectors in gensim, beside `tracer --model people` (which makes every update twice: once
unrecorded, to get there, and the last one on the tape). gensim's updates are float32, its order and its windows its own.
usage: word_vectors.py TRACER CORPUS; prints CPU seconds of both, and the first answer to king - man + woman."""
import resource
import subprocess
import sys

from gensim.models import Word2Vec


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def own():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


tracer, corpus = sys.argv[1:3]
sentences = [line.split() for line in open(corpus) if line.strip()]
before = children()
answer = subprocess.run([tracer, "analogy", "king", "man", "woman", "-n", "1"], capture_output=True, text=True).stdout
print(f"tracer  {children() - before:.2f} s  {answer.strip()}")
before = own()
model = Word2Vec(sentences, vector_size=16, window=4, shrink_windows=False, negative=5, alpha=0.05, min_alpha=0.05e-4,
                 epochs=40, sg=1, sample=0, min_count=1, workers=1, seed=7)
word, cosine = model.wv.most_similar(positive=["king", "woman"], negative=["man"], topn=1)[0]
print(f"gensim  {own() - before:.2f} s  {word}  {cosine:.4f}")
