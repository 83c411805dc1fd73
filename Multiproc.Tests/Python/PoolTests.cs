using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>Pools of Python programs, whose tasks are C# functions.</summary>
public sealed class PoolTests : IDisposable
{
    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Pool_EveryMethod_RunsRegisteredFunctions(string? version)
    {
        _python.Server.Register("__main__.square", static (int x) => x * x);
        _python.Server.Register("__main__.add", static (double x, double y) => x + y);
        _python.Server.Register("__main__.fail", static int (string text) => throw new ArgumentException(text));
        Should.Throw<ArgumentException>(() => _python.Server.Register("__main__.add", static () => 0)).Message.ShouldContain("add");
        _python.Run(version, """
            def square(x): raise AssertionError('runs in C#')
            def add(x, y=0): raise AssertionError('runs in C#')
            def fail(text): raise AssertionError('runs in C#')
            def unknown(): pass
            for each in (square, add, fail, unknown):
                each.__qualname__ = each.__name__
                globals()[each.__name__] = each
            pool = m.Pool(2)
            same(pool.apply(square, (5,)), 25); same(pool.apply(add, (1,), dict(y=2.5)), 3.5)
            same(pool.map(square, range(20)), [x * x for x in range(20)])
            same(pool.map(square, []), [])
            same(pool.starmap(add, [(1, 2), (3, 4)]), [3, 7])
            result = pool.apply_async(square, (7,))
            same(result.get(timeout=60), 49); assert result.ready() and result.successful(); result.wait()
            same(pool.map_async(square, [1, 2], 1).get(60), [1, 4])
            same(list(pool.imap(square, range(10))), [x * x for x in range(10)])
            same(sorted(pool.imap_unordered(square, range(10), 2)), sorted(x * x for x in range(10)))
            same(str(raises(ValueError, pool.apply, fail, ('no',))), 'no')
            raises(ValueError, pool.apply_async(fail, ('no',)).get, 60)
            assert 'unknown' in str(raises(NotImplementedError, pool.apply, unknown))
            raises(TypeError, pool.apply, square, ('text',))
            raises(NotImplementedError, pool.apply_async, square, (1,), {}, print)
            raises(ValueError, pool.join)
            pool.close(); raises(ValueError, pool.apply, square, (1,)); pool.join()
            with m.Pool(1) as other:
                same(other.map(square, [3]), [9])
            assert 'at least 1' in str(raises(RemoteError, m.Pool, 0))
            """);
    }
}
