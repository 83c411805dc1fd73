using System.Collections.Concurrent;
using System.Reflection;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// Results that are streamed. At most one item is produced ahead of the requests: a slow reader slows the producer, and an endless stream
/// needs no memory.
/// </summary>
internal sealed class OpenStreams
{
    private readonly ConcurrentDictionary<long, OpenStream> _open = [];
    private long _last;

    /// <summary>Opens a stream for the result of a method whose declared return type is an enumerable but not a collection.</summary>
    public bool TryOpen(object? result, Type declared, out long number)
    {
        number = 0;
        if (result is null || ItemOf(declared) is not { } item)
        {
            return false;
        }

        number = Interlocked.Increment(ref _last);
        bool isAsync = declared.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);
        var make = typeof(OpenStreams).GetMethod(isAsync ? nameof(OfAsync) : nameof(OfMany), BindingFlags.Static | BindingFlags.NonPublic)!;
        var end = new CancellationTokenSource();
        var packed = (IAsyncEnumerable<Payload>)make.MakeGenericMethod(item).Invoke(null, [result, end.Token])!;
        _open[number] = new OpenStream(packed.GetAsyncEnumerator(CancellationToken.None), end, !isAsync);
        return true;
    }

    /// <summary>
    /// Whether the stream's steps run in turn with the object's calls: true for a synchronous iterator. One that may await must not block the object's calls.
    /// </summary>
    public bool RunsAsACall(long number) => _open.TryGetValue(number, out var stream) && stream.IsCall;

    public async Task<Reply> Next(long number, int max, CancellationToken cancellation)
    {
        if (!_open.TryGetValue(number, out var stream))
        {
            return Reply.Refused($"stream {number} is over.");
        }

        try
        {
            var (items, isOver) = await stream.Next(max, cancellation).ConfigureAwait(false);
            if (isOver)
            {
                await Close(number).ConfigureAwait(false);
            }

            return CallReplies.Items(items, isOver);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Reply.Cancelled;
        }
        catch (Exception failure)
        {
            await Close(number).ConfigureAwait(false);
            return CallReplies.Failure(failure) with { Number = -1 };
        }
    }

    public async Task Close(long number)
    {
        if (_open.TryRemove(number, out var stream))
        {
            await stream.Close().ConfigureAwait(false);
        }
    }

    public async Task CloseAll()
    {
        foreach (long number in _open.Keys)
        {
            try
            {
                await Close(number).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // The enumerator threw in its Dispose; the other streams are closed nevertheless.
                UserCode.Tell("The disposal of a stream of a manager's object", failure);
            }
        }
    }

    public static Type? ItemOf(Type declared) => declared.IsGenericType && declared.GetGenericTypeDefinition() is var shape
        && (shape == typeof(IAsyncEnumerable<>) || shape == typeof(IEnumerable<>)) ? declared.GenericTypeArguments[0] : null;

    private static async IAsyncEnumerable<Payload> OfAsync<T>(
        IAsyncEnumerable<T> items, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken end)
    {
        await foreach (var item in items.WithCancellation(end).ConfigureAwait(false))
        {
            yield return Serializer.Pack<object?>(item);
        }
    }

    private static async IAsyncEnumerable<Payload> OfMany<T>(
        IEnumerable<T> items, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken end)
    {
        foreach (var item in items)
        {
            end.ThrowIfCancellationRequested();
            yield return Serializer.Pack<object?>(item);
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private sealed class OpenStream(IAsyncEnumerator<Payload> items, CancellationTokenSource end, bool isCall)
    {
        /// <summary>The size in bytes at which a batch is sent; so large items make smaller batches.</summary>
        private const int MostBytes = 1 << 20;

        private Task<bool>? _step;
        private Payload? _kept;

        public bool IsCall => isCall;

        /// <summary>Returns the items that are available at once, without waiting for a full batch.</summary>
        public async Task<(List<Payload> Items, bool IsOver)> Next(int max, CancellationToken cancellation)
        {
            var found = new List<Payload>();
            long bytes = 0;
            if (_kept is { } kept)
            {
                (_kept, bytes) = (null, kept.Length);
                found.Add(kept);
            }

            while (found.Count < max && bytes < MostBytes)
            {
                _step ??= items.MoveNextAsync().AsTask();
                if (found.Count > 0 && !_step.IsCompletedSuccessfully)
                {
                    break;
                }

                bool isThere = await _step.WaitAsync(cancellation).ConfigureAwait(false);
                _step = null;
                if (!isThere)
                {
                    return (found, true);
                }

                var item = items.Current;
                if (found.Count > 0 && bytes + item.Length > MostBytes)
                {
                    _kept = item;
                    break;
                }

                bytes += item.Length;
                found.Add(item);
            }

            return (found, false);
        }

        public async Task Close()
        {
            UserCode.Cancel(end, "A callback of the token of a stream of a manager's object");
            if (_step is { } step)
            {
                // The iterator must not be running when it is disposed; the outcome of its last step is ignored.
                await ((Task)step).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // The token's source is not disposed: its callbacks may still run.
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }
}
