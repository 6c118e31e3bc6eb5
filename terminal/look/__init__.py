"""The terminal's face: one kit of components, drawn from the table in shared/look.py.

`answers` has `answer_frame`, `answer_panel` and `settled_answer`; `buttons` has `big_button`, `quiet_button`,
`choice` and `pad_key`; `pieces` has `sync_strip`, `bin_code`, `quantity`, `outcome_chip`, `outcome_badge`,
`notice`, `card` and `progress`. Each takes the `Tone` first, says its name to screen readers and uses no raw
colour or size. `material.dress` gives a page its fonts and themes. `python -m terminal.look` shows all of it.
"""
