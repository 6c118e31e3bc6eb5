"""The tasks of a worker as pure state machines, one module each; `FLOWS` lists them in the order of the home
screen. What two of them share is a machine (`bin_task`, `move_task`); what all share is `step` and `hand`.
"""

from terminal.flows.adjust import Adjust
from terminal.flows.look_up import LookUp
from terminal.flows.move import Move
from terminal.flows.pick import Pick
from terminal.flows.put_away import PutAway
from terminal.flows.receive import Receive
from terminal.flows.return_goods import ReturnGoods
from terminal.flows.step import Flow

FLOWS: dict[str, Flow] = {
    flow.name: flow for flow in (Receive(), PutAway(), Move(), Pick(), Adjust(), ReturnGoods(), LookUp())
}
