using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>Each type of Python's SyncManager, each of its methods, its errors and its timeouts, used by real CPythons.</summary>
public sealed class TypesTests : IDisposable
{
    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void List_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        a = m.list(range(10))
        same(a[:], list(range(10)))
        same(str(a), str(list(range(10))))
        same(a[3], 3); same(a[-1], 9); same(a[2:8:3], [2, 5]); same(a[::-1], list(range(9, -1, -1)))
        same(a[100:], []); same(a[-3:], [7, 8, 9])
        same(len(a), 10)
        a.append('x'); a.extend([None, (1, 2)]); a.insert(0, 'first'); a.insert(-100, 'zeroth')
        same(a[:3], ['zeroth', 'first', 0]); same(a[-3:], ['x', None, (1, 2)])
        same(a.pop(), (1, 2)); same(a.pop(0), 'zeroth'); same(a.pop(-1), None)
        assert 'x' in a and 'y' not in a and 3 in a and 3.0 in a
        same(a.index('x'), 11); same(a.index(4, 2), 5); same(a.count(5), 1)
        same(str(raises(ValueError, a.index, 'nothing')), "'nothing' is not in list")
        a.remove('x')
        same(str(raises(ValueError, a.remove, 'x')), 'list.remove(x): x not in list')
        a[0] = 'one'; same(a[0], 'one')
        a[1:3] = ['p', 'q', 'r']; same(a[:5], ['one', 'p', 'q', 'r', 2])
        del a[0]; del a[:3]; same(a[:], list(range(2, 10)))
        a[::2] = ['e'] * 4; same(a[:], ['e', 3, 'e', 5, 'e', 7, 'e', 9])
        raises(ValueError, a.__setitem__, slice(None, None, 2), [1])
        del a[::2]; same(a[:], [3, 5, 7, 9])
        same(str(raises(IndexError, a.__getitem__, 99)), 'list index out of range')
        same(str(raises(IndexError, a.__setitem__, 99, 0)), 'list assignment index out of range')
        same(str(raises(IndexError, a.__delitem__, 99)), 'list assignment index out of range')
        same(str(raises(IndexError, m.list().pop)), 'pop from empty list')
        same(str(raises(IndexError, a.pop, 99)), 'pop index out of range')
        raises(TypeError, a.__getitem__, 'text')
        same(a + [1], [3, 5, 7, 9, 1]); same(a * 2, [3, 5, 7, 9] * 2); same(2 * a, [3, 5, 7, 9] * 2)
        a += [4]; a *= 2
        same(a[:], [3, 5, 7, 9, 4] * 2)
        same(list(reversed(a)), [4, 9, 7, 5, 3] * 2)
        same([each for each in a], [3, 5, 7, 9, 4] * 2)
        a.sort(); same(a[:], sorted([3, 5, 7, 9, 4] * 2))
        a.sort(reverse=True); same(a[0], 9)
        a.reverse(); same(a[0], 3)
        raises(TypeError, m.list([1, 'a']).sort)
        mixed = m.list([True, 2.5, -1, 10**30]); mixed.sort(); same(mixed[:], [-1, True, 2.5, 10**30])
        same(a._getvalue(), [3, 3, 4, 4, 5, 5, 7, 7, 9, 9])
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Dict_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        d = m.dict({'a': 1}, b=2)
        d[65] = chr(65); d[(1, 'x')] = [1, 2]; d[None] = 'none'; d[b'k'] = 5
        same(d['a'], 1); same(d[(1, 'x')], [1, 2]); same(d[None], 'none'); same(d[b'k'], 5); same(d[65.0], 'A')
        same(d.keys(), ['a', 'b', 65, (1, 'x'), None, b'k'])
        same(d.values(), [1, 2, 'A', [1, 2], 'none', 5])
        same(d.items()[0], ('a', 1))
        same(d.copy(), {'a': 1, 'b': 2, 65: 'A', (1, 'x'): [1, 2], None: 'none', b'k': 5})
        same(str(d), str(d.copy()))
        same(len(d), 6)
        assert 'a' in d and 'z' not in d
        same(d.get('a'), 1); same(d.get('z'), None); same(d.get('z', 9), 9)
        same(d.setdefault('a', 7), 1); same(d.setdefault('n', 7), 7); same(d.setdefault('m'), None)
        same(d.pop('n'), 7); same(d.pop('n', 'other'), 'other')
        same(raises(KeyError, d.pop, 'n').args, ('n',))
        same(raises(KeyError, d.__getitem__, 'zz').args, ('zz',))
        same(raises(KeyError, d.__delitem__, 'zz').args, ('zz',))
        raises(TypeError, d.__getitem__, [])
        same(d.popitem(), ('m', None))
        d.update({'u': 1}, v=2); d.update([('w', 3)]); same((d['u'], d['v'], d['w']), (1, 2, 3))
        del d['u']; assert 'u' not in d
        same(sorted(str(each) for each in d), sorted(str(each) for each in d.keys()))
        iterator = iter(d)
        next(iterator); d['more'] = 1
        same(str(raises(RuntimeError, next, iterator)), 'dictionary changed size during iteration')
        d.clear(); same(len(d), 0)
        same(raises(KeyError, d.popitem).args, ('popitem(): dictionary is empty',))
        same(list(iter(d)), [])
        same(list(iter(m.dict(a=1, b=2))), ['a', 'b'])
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void NamespaceValueArray_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        n = m.Namespace(x=1)
        n.name = 'Bob'; n.job = 'Builder'; n._hidden = 'hidden'
        same((n.name, n.job, n.x), ('Bob', 'Builder', 1))
        del n.job, n.x
        same(str(n), "Namespace(name='Bob')")
        same(str(raises(AttributeError, getattr, n, 'zz')), "'Namespace' object has no attribute 'zz'")
        assert hasattr(n, 'name') and not hasattr(n, 'job')
        v = m.Value('i', 7)
        same(v.value, 7); v.value = 'anything'; same(v.get(), 'anything'); v.set(2.5); same(v.value, 2.5)
        same(str(m.Value('d', 0.1)), "Value('d', 0.1)")
        a = m.Array('i', range(5))
        same(len(a), 5); same(a[1], 1); same(a[-1], 4); same(list(a), [0, 1, 2, 3, 4])
        a[0] = 42; a[1:3] = [7, 8]
        same(list(a[0:3]), [42, 7, 8]); same(a[0:2].typecode, 'i')
        same(str(raises(IndexError, a.__getitem__, 5)), 'array index out of range')
        raises(OverflowError, a.__setitem__, 0, 2**40)
        raises(TypeError, a.__setitem__, 0, 'text')
        same(str(a), "array('i', [42, 7, 8, 3, 4])")
        f = m.Array('d', [1, 2.5]); same(list(f), [1.0, 2.5])
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Queues_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        q = m.Queue(2)
        assert q.empty() and not q.full() and q.qsize() == 0
        q.put(1); q.put((2, 'b'), True, 1.0); same(q.qsize(), 2); assert q.full()
        raises(queue.Full, q.put, 3, False); raises(queue.Full, q.put_nowait, 3); raises(queue.Full, q.put, 3, timeout=0.05)
        same(q.get(), 1); same(q.get(timeout=1), (2, 'b'))
        raises(queue.Empty, q.get_nowait); raises(queue.Empty, q.get, False); raises(queue.Empty, q.get, True, 0.05)
        same(str(raises(ValueError, q.get, True, -1)), "'timeout' must be a non-negative number")
        q.task_done(); q.task_done(); q.join()
        same(str(raises(ValueError, q.task_done)), 'task_done() called too many times')
        late = threading.Timer(0.2, q.put, ['late']); late.start()
        same(q.get(timeout=30), 'late'); late.join()
        j = m.JoinableQueue()
        for i in range(10):
            j.put(i)
        def work():
            for _ in range(5):
                j.get(); j.task_done()
        threads = [threading.Thread(target=work) for _ in range(2)]
        [t.start() for t in threads]
        j.join()
        [t.join() for t in threads]
        same(str(raises(ValueError, j.task_done)), 'task_done() called too many times')
        order = m.Queue()
        for i in range(1000):
            order.put(i)
        same([order.get() for _ in range(1000)], list(range(1000)))
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Locks_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        lock = m.Lock()
        assert lock.acquire() and not lock.acquire(False) and not lock.acquire(True, 0.05)
        same(str(raises(ValueError, lock.acquire, False, 1)), "can't specify a timeout for a non-blocking call")
        lock.release()
        same(str(raises(RuntimeError, lock.release)), 'release unlocked lock')
        with lock:
            assert not lock.acquire(False)
        rlock = m.RLock()
        assert rlock.acquire() and rlock.acquire() and rlock.acquire(False)
        found = []
        other = threading.Thread(target=lambda: found.append((rlock.acquire(False), raises(RuntimeError, rlock.release))))
        other.start(); other.join()
        same(found[0][0], False)
        rlock.release(); rlock.release(); rlock.release()
        same(str(raises(RuntimeError, rlock.release)), 'cannot release un-acquired lock')
        order = []
        lock.acquire()
        waiter = threading.Thread(target=lambda: (lock.acquire(), order.append('waiter'), lock.release()))
        waiter.start()
        order.append('holder'); lock.release(); waiter.join()
        same(order, ['holder', 'waiter'])
        lock.acquire()
        released = threading.Thread(target=lock.release); released.start(); released.join()
        assert lock.acquire(True, 30)
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void SemaphoresEventsBarriersConditions_EveryMethod_IsPythons(string? version) => _python.Run(version, """
        s = m.Semaphore(2)
        assert s.acquire() and s.acquire(True, 1) and not s.acquire(False) and not s.acquire(True, 0.05)
        s.release(); s.release(); s.release()
        assert s.acquire() and s.acquire() and s.acquire() and not s.acquire(False)
        same(str(raises(ValueError, s.acquire, False, 1)), "can't specify timeout for non-blocking acquire")
        b = m.BoundedSemaphore(1)
        b.acquire(); b.release()
        same(str(raises(ValueError, b.release)), 'Semaphore released too many times')
        with b:
            assert not b.acquire(False)
        assert 'initial value' in str(raises(RemoteError, m.Semaphore, -1))
        e = m.Event()
        assert not e.is_set() and e.wait(0.05) is False and e.wait(0) is False
        e.set(); assert e.is_set() and e.wait() is True
        e.clear(); assert not e.is_set()
        threading.Timer(0.1, e.set).start(); assert e.wait(30)
        c = m.Condition()
        same(str(raises(RuntimeError, c.wait)), 'cannot wait on un-acquired lock')
        same(str(raises(RuntimeError, c.notify)), 'cannot notify on un-acquired lock')
        with c:
            assert c.wait(0.05) is False
        state = m.Value('i', 0)
        def turn():
            with c:
                state.value = 1
                c.notify()
        threading.Timer(0.1, turn).start()
        with c:
            assert c.wait_for(lambda: state.value == 1, 30)
        shared = m.Lock()
        d = m.Condition(shared)
        with d:
            assert not shared.acquire(False)
            d.notify_all()
        barrier = m.Barrier(3)
        places = []
        threads = [threading.Thread(target=lambda: places.append(barrier.wait())) for _ in range(3)]
        [t.start() for t in threads]; [t.join() for t in threads]
        same(sorted(places), [0, 1, 2]); same((barrier.parties, barrier.n_waiting, barrier.broken), (3, 0, False))
        raises(threading.BrokenBarrierError, barrier.wait, 0.05)
        assert barrier.broken
        barrier.reset(); assert not barrier.broken
        barrier.abort(); raises(threading.BrokenBarrierError, barrier.wait)
        assert 'action' in str(raises(RemoteError, m.Barrier, 2, len))
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Values_OfEveryKind_ComeBackEqual(string? version) => _python.Run(version, """
        import collections, dataclasses, datetime, decimal, enum, fractions, pathlib, uuid, array
        class Colour(enum.Enum):
            RED = 1
        @dataclasses.dataclass
        class Point:
            x: int
            y: list
        globals().update(Colour=Colour, Point=Point)
        Colour.__qualname__ = 'Colour'; Point.__qualname__ = 'Point'
        values = [None, True, 0, -1, 255, 256, 2**31, -2**63, 2**64, 10**40, 0.1, -0.0, 1e300, float('inf'), 'text', '', 'ä€😀', '\ud800', b'',
            b'\x00\xff', bytearray(b'ab'), (), (1,), (1, (2, 3)), [], [1, [2]], {}, {'a': {'b': [1]}}, {1, 2}, frozenset({'x'}), 1 + 2j, range(3), slice(1, 2),
            datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.date(2024, 1, 1), datetime.timedelta(1, 2, 3), datetime.timezone.utc,
            datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2, seconds=7))),
            decimal.Decimal('1.50'), decimal.Decimal('1e50'), fractions.Fraction(1, 3), uuid.UUID(int=5),
            pathlib.PurePosixPath('/a/b'), collections.OrderedDict([('z', 1), ('a', 2)]), collections.deque([1, 2], maxlen=5),
            collections.defaultdict(list, {'k': [1]}), collections.Counter('abca'), Colour.RED, Point(1, [2]), int, len, ValueError, array.array('i', [1, 2]),
            ValueError('v', 1).args, Ellipsis, NotImplemented]
        box = m.list()
        for value in values:
            box.append(value)
            back = box[-1]
            assert back == value and type(back) is type(value), '%r came back as %r' % (value, back)
        same(type(box[:][values.index(Point(1, [2]))]), Point)
        d = m.dict()
        d[uuid.UUID(int=5)] = 1; same(d[uuid.UUID(int=5)], 1)
        d[Colour.RED] = 2; same(d[Colour.RED], 2)
        d[decimal.Decimal('2.5')] = 3; same(d[decimal.Decimal('2.5')], 3)
        q = m.Queue()
        error = KeyError('k'); error.extra = [1]
        q.put(error); back = q.get(); same((type(back), back.args, back.extra), (KeyError, ('k',), [1]))
        whole = [1]; whole.append(whole)
        q.put(whole); back = q.get(); assert back[1] is back
        big = os.urandom(3_000_000); q.put(big); same(q.get(), big)
        """);
}
