"""Writes the corpus of PythonServerFuzz: requests as CPython pickles them, one a line: what it is, and the bytes in hexadecimal.

    python3 record.py > requests.txt

"@list" and so on stand for idents of objects, "@address" for nothing in particular. Run with the oldest and the newest Python, and keep both outputs.
"""
import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pickle
import sys
import uuid
import xmlrpc.client
from multiprocessing.managers import ListProxy, RebuildProxy, Token


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Order:
    number: int
    unit_price: float
    colour: Colour
    note: str = None


class Slotted:
    __slots__ = ('number', 'name')

    def __init__(self, number, name):
        self.number, self.name = number, name


class Point(collections.namedtuple('Point', 'x y')):
    __slots__ = ()


class Proxy:
    def __reduce__(self):
        return RebuildProxy, (ListProxy, Token('list', '@address', '@list'), 'pickle', {})


whole = [1]
whole.append(whole)
values = [
    None, True, 5, -1, 70000, 2**40, -10**30, 1.5, 'text', 'ä€\ud800', b'bytes', bytearray(b'ab'), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [1, 'x'], {},
    {'a': [1], (1, 'b'): {2: None}}, {1, 2}, frozenset('ab'), 1 + 2j, range(3), slice(0, 5), datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
    datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), datetime.date(2024, 1, 1), datetime.timedelta(1, 2, 3), decimal.Decimal('1.50'),
    fractions.Fraction(1, 3), uuid.UUID(int=5), collections.OrderedDict([('z', 1)]), collections.deque([1, 2], maxlen=5), collections.Counter('abca'),
    array.array('i', [1, 2]), KeyError('k'), Colour.RED, Order(7, 2.5, Colour.BLUE), Slotted(1, 'one'), Point(1, 2), [Order(1, 1.5, Colour.RED)] * 2,
    {Point(1, 2): Slotted(2, 'two')}, Proxy(), int, len, whole,
]
calls = [('@list', 'append', (value,), {}) for value in values] + [('@dict', 'update', ({'k': value},), {}) for value in values]
calls += [
    ('@list', name, given, {}) for name, given in [
        ('__getitem__', (0,)), ('__getitem__', (slice(0, 5),)), ('__setitem__', (0, 'new')), ('__delitem__', (0,)), ('__len__', ()), ('__contains__', (5,)),
        ('__mul__', (3,)), ('__add__', ([1],)), ('count', (1,)), ('index', (1,)), ('insert', (0, 'first')), ('pop', ()), ('remove', (5,)), ('reverse', ()),
        ('sort', ()), ('extend', ([1, 2],)), ('clear', ()), ('clear', ()), ('copy', ()), ('__repr__', ()), ('#GETVALUE', ()), ('nothing', ()),
    ]
] + [
    ('@dict', name, given, {}) for name, given in [
        ('__getitem__', ('k',)), ('__setitem__', ('k', 1)), ('__setitem__', ((1, 'x'), 2)), ('__delitem__', ('k',)), ('__contains__', ('k',)), ('get', ('k', 5)),
        ('setdefault', ('k', 1)), ('pop', ('k', None)), ('popitem', ()), ('keys', ()), ('values', ()), ('items', ()), ('copy', ()), ('clear', ()), ('clear', ()),
        ('__iter__', ()), ('__repr__', ()),
    ]
] + [
    ('@queue', name, given, {}) for name, given in [
        ('put', ('item',)), ('put_nowait', ((1, 2),)), ('get_nowait', ()), ('get_nowait', ()), ('qsize', ()), ('empty', ()), ('full', ()), ('task_done', ()),
    ]
] + [
    ('@set', name, given, {}) for name, given in [
        ('add', (1,)), ('discard', (1,)), ('remove', (2,)), ('update', ({1, 2},)), ('union', ([3],)), ('__contains__', (1,)), ('clear', ()), ('__or__', ({5},)),
    ]
] + [
    ('@value', 'get', (), {}), ('@value', 'set', (5,), {}), ('@event', 'is_set', (), {}), ('@event', 'set', (), {}), ('@event', 'clear', (), {}),
    ('@array', '__getitem__', (1,), {}), ('@array', '__setitem__', (0, 7), {}), ('@array', '__getitem__', (slice(0, 2),), {}), ('@array', '__len__', (), {}),
    ('@space', '__getattribute__', ('x',), {}), ('@space', '__setattr__', ('x', 5), {}), ('@space', '__delattr__', ('x',), {}),
    ('@class', 'add', (5,), {}), ('@class', 'add', (), {'amount': 5}), ('@class', 'describe', ([1, 2], {'a': 1.5}), {'level': 4}), ('@class', 'AddAll', (1, 2), {}),
    ('@class', 'get_history', (), {}), ('@class', 'steps', (3,), {}), ('@class', 'set_total', (5,), {}), ('@class', 'fail', ('so',), {}),
]
functions = [
    (None, 'dummy', (), {}), (None, 'create', ('list', [1, 2]), {}), (None, 'create', ('dict', {'a': 1}), {'b': 2}), (None, 'create', ('Queue', 5), {}),
    (None, 'create', ('Calculator',), {'start': 5}), (None, 'create', ('Array', 'i', [1, 2]), {}), (None, 'create', ('Value', 'i', 7), {}),
    (None, 'create', ('Namespace',), {'x': 1}), (None, 'create', ('Barrier', 3), {}), (None, 'incref', ('@list',), {}), (None, 'decref', ('@list',), {}),
    (None, 'get_methods', (Token('list', '@address', '@list'),), {}), (None, 'number_of_objects', (), {}), (None, 'debug_info', (), {}),
]
for protocol in (2, 4, pickle.HIGHEST_PROTOCOL):
    for what, requests in (('call', calls), ('function', functions)):
        for request in requests:
            print(what, pickle.dumps(request, protocol).hex())
for request in [('@list', 'append', ([1, None, True, 2.5, 'ä <&>', {'k': [b'x']}, 10**5],), {}), (None, 'create', ('list',), {'x': 1})]:
    print('xml', xmlrpc.client.dumps((request,), None, None, None, True).encode().hex())
