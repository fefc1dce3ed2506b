"""Tantivy's part of bench_match.py, run in .bench-match-venv: documents and queries in, milliseconds and ids out. Knows nothing of ranking.

tantivy_peer.py DOCUMENTS.tsv QUERIES.jsonl FOLDER     (a document: id, tab, words; a query: a list of words)
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import tantivy


def main(documents: str, queries: str, folder: str) -> int:
    """Index, search one by one, print one JSON object."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    index = tantivy.Index(builder.build(), path=folder)
    began = time.perf_counter()
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    with Path(documents).open(encoding="utf-8") as lines:
        for line in lines:
            number, words = line.rstrip("\n").split("\t")
            writer.add_document(tantivy.Document(id=int(number), words=words))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    built = time.perf_counter() - began
    searcher = index.searcher()
    results = []
    for line in Path(queries).read_text("utf-8").splitlines():
        words = json.loads(line)
        start = time.perf_counter()
        query = index.parse_query(" ".join(words) or "nothing", ["words"])
        hits = searcher.search(query, 10, count=False).hits
        ids = [searcher.doc(address)["id"][0] for _, address in hits]
        results.append([(time.perf_counter() - start) * 1000, ids])
    size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(json.dumps({"version": tantivy.__version__, "build_seconds": built, "bytes": size, "results": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
