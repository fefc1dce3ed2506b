"""The report as one HTML page with inline SVG: no script, nothing loaded from elsewhere. Draws and words; measures nothing.

A dot and a line for each group are a few elements of SVG; a plotting library would be a large dependency for them (docs/adr/0047-fairness.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from jobseeker.fairness.audit import DIMENSIONS, FLAGGED, HIDDEN, OUTCOMES
from jobseeker.knowledge import Figure

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0 1.5rem}
th,td{padding:.25rem .7rem;border-bottom:1px solid #8888;text-align:left;font-variant-numeric:tabular-nums}
.flagged{font-weight:700;text-decoration:underline}svg{max-width:100%;height:auto}svg text{font:13px system-ui,sans-serif;fill:currentColor}
svg .mark{fill:currentColor}svg .line{stroke:currentColor;fill:none}figure{margin:0}
"""
LEFT, WIDTH, ROW, TOP = 190, 400, 26, 8
Cells = Sequence[Mapping[str, Any]]


class Page:
    """The page of one report in one language."""

    def __init__(
        self, report: Mapping[str, Any], words: Mapping[str, str], figures: Mapping[str, Figure], language: str
    ) -> None:
        self.report, self.words, self.figures, self.language = report, words, figures, language

    def html(self) -> str:
        """All of it."""
        parts = [self._head(), self._result(), self._how(), self._swaps()]
        parts += [self._outcome(outcome) for outcome in OUTCOMES]
        parts.append(self._policy())
        title, tag = escape(self.words["title"]), "en" if self.language == "en" else "zh-Hant"
        return (
            f'<!doctype html>\n<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>{title}</title><style>{STYLE}</style></head>\n<body><main>{''.join(parts)}</main></body></html>\n"
        )

    def say(self, key: str, **params: Any) -> str:
        """The words of a key, filled and escaped."""
        return escape(self.words[key].format(**params))

    def group(self, name: str) -> str:
        """A group's name; a channel is called by its own."""
        return escape(self.words.get(f"group_{name}", name))

    # --- parts

    def _head(self) -> str:
        report = self.report
        people = report["people"]
        smallest = report["rules"]["smallest_group"]["value"]
        told = self.words["too_few"].format(smallest=smallest) if people is None else people
        period = self.say("period", begin=report["period"]["begin"], end=report["period"]["end"], day=report["made_on"])
        return f"<h1>{self.say('title')}</h1><p>{period}</p><p>{self.say('people', people=told)}</p>"

    def _result(self) -> str:
        cells = [cell for cell in self.report["cells"] if cell["verdict"] == FLAGGED]
        changed = (self.report["counterfactual"] or {}).get("changed") or {}
        if not cells and not changed:
            return f'<p role="status"><strong>{self.say("result_ok")}</strong></p>'
        items = [self._finding(cell) for cell in cells]
        items += [
            self.say("finding_swap", attribute=self.words.get(f"attribute_{name}", name), count=count)
            for name, count in changed.items()
        ]
        listed = "".join(f"<li>{item}</li>" for item in items)
        lead = self.say("result_flagged", count=len(items))
        return f'<p role="status"><strong>{lead}</strong></p><ul>{listed}</ul>'

    def _finding(self, cell: Mapping[str, Any]) -> str:
        table = self._cells(cell["outcome"], cell["dimension"])
        best = next(one for one in table if one["verdict"] == "best")
        return self.say(
            "finding_cell",
            outcome=self.words[f"outcome_{cell['outcome']}"],
            dimension=self.words[f"dimension_{cell['dimension']}"],
            group=self.words.get(f"group_{cell['group']}", cell["group"]),
            rate=percent(cell["rate"]),
            best=self.words.get(f"group_{best['group']}", best["group"]),
            best_rate=percent(best["rate"]),
            ratio=f"{cell['ratio']:.2f}",
            p=p_text(cell["p"]) if cell["p"] < 0.001 else f"= {p_text(cell['p'])}",
        )

    def _how(self) -> str:
        rules = {name: row["value"] for name, row in self.report["rules"].items()}
        params = {
            "four_fifths": f"{rules['four_fifths'] / 100:.2f}",
            "alpha": f"{1 - rules['confidence'] / 100:.2f}",
            "least": rules["least_difference"],
            "confidence": f"{rules['confidence']} %",
            "smallest": rules["smallest_group"],
            "least_share": f"{rules['least_share']} %",
            "comparisons": self.report["comparisons"],
        }
        lines = "".join(f"<li>{self.say(f'how_{number}', **params)}</li>" for number in range(1, 6))
        return f"<h2>{self.say('how_title')}</h2><ul>{lines}</ul>"

    def _swaps(self) -> str:
        found = self.report["counterfactual"]
        if found is None:
            return ""
        lead = self.say(
            "swaps_lead", people=found["people"], swaps=sum(found["tried"].values()), vacancies=found["vacancies"]
        )
        if found["empty_lists"]:
            lead += f" <strong>{self.say('swaps_empty', count=len(found['empty_lists']))}</strong>"
        examples = {change["attribute"]: change["sentence"] for change in found["changes"]}
        rows = [
            (
                escape(self.words.get(f"attribute_{name}", name)),
                str(tried),
                str(found["changed"].get(name, 0)),
                escape(examples.get(name, "")),
            )
            for name, tried in found["tried"].items()
        ]
        header = [self.say(f"swaps_{name}") for name in ("attribute", "tried", "changed", "example")]
        return f"<h2>{self.say('swaps_title')}</h2><p>{lead}</p>{table(header, rows)}"

    def _cells(self, outcome: str, dimension: str) -> Cells:
        return [
            cell for cell in self.report["cells"] if (cell["outcome"], cell["dimension"]) == (outcome, dimension)
        ]  # fmt: skip

    def _outcome(self, outcome: str) -> str:
        parts = [f"<h2>{self.say(f'outcome_{outcome}')}</h2>"]
        for dimension in DIMENSIONS:
            cells = self._cells(outcome, dimension)
            name = self.say(f"dimension_{dimension}")
            if not cells:
                parts.append(f"<h3>{name}</h3><p>{self.say('no_counts')}</p>")
                continue
            parts.append(f"<h3>{name}</h3>{self._figure(outcome, dimension, cells)}{self._table(outcome, cells)}")
        return "".join(parts)

    def _table(self, outcome: str, cells: Cells) -> str:
        names = ["group", "people", "rate", "counts", "ratio", "p", "verdict"]
        names += ["wait"] if outcome == "waited_short" else []
        rows = []
        for cell in cells:
            verdict = self.say(f"verdict_{cell['verdict']}")
            if cell["verdict"] == FLAGGED:
                verdict = f'<span class="flagged">{verdict}</span>'
            wait = cell["median_wait_seconds"]
            known = cell["verdict"] != HIDDEN
            rows.append(
                (
                    self.group(cell["group"]),
                    str(cell["people"]) if known else "–",
                    f"{percent(cell['rate'])} ({between(cell['interval'], 100, '%')})" if known else "–",
                    f"{cell['yes']} / {cell['total']}" if known else "–",
                    f"{cell['ratio']:.2f}{ratio_between(cell)}" if cell["ratio"] is not None else "–",
                    p_text(cell["p"]) if cell["p"] is not None else "–",
                    verdict,
                    f"{wait / 60:.1f}" if wait is not None else "–",
                )[: len(names)]
            )
        return table([self.say(f"column_{name}") for name in names], rows)

    def _figure(self, outcome: str, dimension: str, cells: Cells) -> str:
        shown = [cell for cell in cells if cell["verdict"] != HIDDEN]
        if not shown:
            return ""
        key = f"{outcome}-{dimension}"
        title = self.say(
            "figure_title", outcome=self.words[f"outcome_{outcome}"], dimension=self.words[f"dimension_{dimension}"]
        )
        height = TOP + ROW * len(shown) + 24
        parts = [f'<title id="t-{key}">{title}</title><desc id="d-{key}">{self.say("figure_desc")}</desc>']
        for tick in (0, 25, 50, 75, 100):
            x = _x(tick / 100)
            parts.append(f'<path class="line" opacity=".25" d="M{x} {TOP}V{height - 20}"/>')
            parts.append(f'<text x="{x}" y="{height - 4}" text-anchor="middle">{tick} %</text>')
        parts += self._line(outcome, shown, height)
        for number, cell in enumerate(shown):
            parts += _row(self.group(cell["group"]), cell, TOP + ROW * number + ROW / 2)
        size = f'width="{LEFT + WIDTH + 40}" height="{height}" viewBox="0 0 {LEFT + WIDTH + 40} {height}"'
        return f'<figure><svg role="img" aria-labelledby="t-{key} d-{key}" {size}>{"".join(parts)}</svg></figure>'

    def _line(self, outcome: str, shown: Cells, height: float) -> list[str]:
        """Where four fifths of the best group's rate is."""
        best = next((cell for cell in shown if cell["verdict"] == "best"), None)
        if best is None:
            return []
        share = self.report["rules"]["four_fifths"]["value"] / 100
        at = best["rate"] / share if OUTCOMES[outcome] else best["rate"] * share
        return [f'<path class="line" stroke-dasharray="5 4" d="M{_x(min(at, 1.0))} {TOP}V{height - 20}"/>']

    def _policy(self) -> str:
        rows = []
        for name, row in self.report["rules"].items():
            label = self.figures[f"fairness.{name}"].label[self.language]
            rows.append(
                f"<li>{self.say('policy_row', label=label, value=row['value'], since=row['valid_from'])}</li>"
            )  # fmt: skip
        return f"<h2>{self.say('policy_title')}</h2><ul>{''.join(rows)}</ul>"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already; the first of each row is its header."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def percent(share: float) -> str:
    """0.7312 -> "73.1 %"."""
    return f"{share * 100:.1f} %"


def p_text(p: float) -> str:
    """Three decimals, or that it is smaller."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def between(pair: Sequence[float], factor: float, unit: str) -> str:
    """The two ends of an interval."""
    return f"{pair[0] * factor:.1f}–{pair[1] * factor:.1f} {unit}"


def ratio_between(cell: Mapping[str, Any]) -> str:
    """The interval of an impact ratio, in brackets, where there is one."""
    pair = cell["ratio_interval"]
    return f" ({pair[0]:.2f}–{pair[1]:.2f})" if pair else ""


def _x(share: float) -> float:
    return round(LEFT + share * WIDTH, 1)


def _row(name: str, cell: Mapping[str, Any], y: float) -> list[str]:
    low, high = cell["interval"]
    x = _x(cell["rate"])
    mark = (
        f'<path class="mark" d="M{x} {y - 7}l7 12h-14z"/>'
        if cell["verdict"] == FLAGGED
        else f'<circle class="mark" cx="{x}" cy="{y}" r="5"/>'
    )
    return [
        f'<text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{name}</text>',
        f'<path class="line" stroke-width="2" d="M{_x(low)} {y}H{_x(high)}"/>',
        mark,
    ]
