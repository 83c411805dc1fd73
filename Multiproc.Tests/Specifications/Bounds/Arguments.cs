using System.Reflection;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>Something for each type of argument, with no items where there can be none: an empty success is what one must not get.</summary>
internal static class Arguments
{
    private static readonly Dictionary<Type, object?> s_byType = new()
    {
        [typeof(int)] = 0,
        [typeof(long)] = 1L,
        [typeof(TimeSpan)] = TimeSpan.Zero,
        [typeof(TimeSpan)] = TimeSpan.FromMinutes(1),
        [typeof(string)] = "name",
        [typeof(object)] = 1,
        [typeof(Index)] = new Index(0),
        [typeof(object[])] = new object[] { 1 },
        [typeof(Memory<byte>)] = new Memory<byte>(new byte[100]),
        [typeof(ReadOnlyMemory<byte>)] = new ReadOnlyMemory<byte>(new byte[3]),
        [typeof(IEnumerable<int>)] = Array.Empty<int>(),
        [typeof(IReadOnlyCollection<int>)] = Array.Empty<int>(),
        [typeof(IAsyncEnumerable<int>)] = AsyncEnumerable.Empty<int>(),
        [typeof(IEnumerable<object>)] = Array.Empty<object>(),
        [typeof(IEnumerable<(int, int)>)] = Array.Empty<(int, int)>(),
        [typeof(IEnumerable<(int, int, int)>)] = Array.Empty<(int, int, int)>(),
        [typeof(IEnumerable<(int, int, int, int)>)] = Array.Empty<(int, int, int, int)>(),
        [typeof(IEnumerable<KeyValuePair<int, int>>)] = Array.Empty<KeyValuePair<int, int>>(),
        [typeof(IEnumerable<KeyValuePair<int, long>>)] = Array.Empty<KeyValuePair<int, long>>(),
        [typeof(Action)] = static () => { },
        [typeof(Action<int>)] = static (int _) => { },
        [typeof(Action<List<int>>)] = static (List<int> _) => { },
        [typeof(Action<int, int>)] = static (int _, int _) => { },
        [typeof(Action<int, int, int>)] = static (int _, int _, int _) => { },
        [typeof(Action<int, int, int, int>)] = static (int _, int _, int _, int _) => { },
        [typeof(Range)] = 0..0,
        [typeof(Func<bool>)] = static () => true,
        [typeof(Func<int>)] = static () => 1,
        [typeof(Func<int, int>)] = static (int x) => x,
        [typeof(Func<int, int, int>)] = static (int x, int _) => x,
        [typeof(Func<int, int, int, int>)] = static (int x, int _, int _) => x,
        [typeof(Func<int, int, int, int, int>)] = static (int x, int _, int _, int _) => x,
        [typeof(Func<CancellationToken, int>)] = static (CancellationToken _) => 1,
        [typeof(Func<int, CancellationToken, int>)] = static (int x, CancellationToken _) => x,
        [typeof(Func<Task>)] = static () => Task.CompletedTask,
        [typeof(Func<int, Task>)] = static (int _) => Task.CompletedTask,
        [typeof(Func<int, int, Task>)] = static (int _, int _) => Task.CompletedTask,
        [typeof(Func<int, int, int, Task>)] = static (int _, int _, int _) => Task.CompletedTask,
        [typeof(Func<int, int, int, int, Task>)] = static (int _, int _, int _, int _) => Task.CompletedTask,
        [typeof(Func<CancellationToken, Task>)] = static (CancellationToken _) => Task.CompletedTask,
        [typeof(Func<int, CancellationToken, Task>)] = static (int _, CancellationToken _) => Task.CompletedTask,
        [typeof(Func<Task<int>>)] = static () => Task.FromResult(1),
        [typeof(Func<int, Task<int>>)] = static (int x) => Task.FromResult(x),
        [typeof(Func<int, int, Task<int>>)] = static (int x, int _) => Task.FromResult(x),
        [typeof(Func<int, int, int, Task<int>>)] = static (int x, int _, int _) => Task.FromResult(x),
        [typeof(Func<int, int, int, int, Task<int>>)] = static (int x, int _, int _, int _) => Task.FromResult(x),
        [typeof(Func<CancellationToken, Task<int>>)] = static (CancellationToken _) => Task.FromResult(1),
        [typeof(Func<int, CancellationToken, Task<int>>)] = static (int x, CancellationToken _) => Task.FromResult(x),
        [typeof(Func<int, ValueTask<int>>)] = static (int x) => ValueTask.FromResult(x),
        [typeof(Func<int, CancellationToken, ValueTask<int>>)] = static (int x, CancellationToken _) => ValueTask.FromResult(x),
        [typeof(Func<int, IAsyncEnumerable<int>>)] = static (int _) => AsyncEnumerable.Empty<int>(),
        [typeof(Func<int, CancellationToken, IAsyncEnumerable<int>>)] = static (int _, CancellationToken _) => AsyncEnumerable.Empty<int>(),
        [typeof(Func<int, CancellationToken, ValueTask<int>>)] = static (int x, CancellationToken _) => ValueTask.FromResult(x),
        [typeof(Func<DictionaryTransaction<int, int>, ValueTask>)] = static (DictionaryTransaction<int, int> _) => ValueTask.CompletedTask,
        [typeof(Func<DictionaryTransaction<int, int>, ValueTask<int>>)] = static (DictionaryTransaction<int, int> _) => ValueTask.FromResult(1),
    };

    public static object? Of(ParameterInfo parameter) =>
        parameter.IsOut || parameter.ParameterType.IsByRef ? null
        : parameter.Name == "max" ? 1
        : s_byType.TryGetValue(parameter.ParameterType, out object? value) ? value
        : throw new InvalidOperationException(
            $"{parameter.Member.DeclaringType!.Name}.{parameter.Member.Name} takes {parameter.ParameterType} {parameter.Name}, which {nameof(Arguments)} "
                + "does not know: add it, so that the method is tested.");
}
