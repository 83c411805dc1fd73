using System.Diagnostics.CodeAnalysis;

namespace Multiproc.Connections;

/// <summary>
/// Connections of a listener whose authentication is under way. It goes on while nobody waits in Accept: a caller who looks in again and again with short
/// timeouts gets slow peers too, and a silent peer holds up no other one.
/// </summary>
/// <param name="key">The key of the listener.</param>
internal sealed class PendingHandshakes(byte[] key) : IDisposable
{
    /// <summary>Further peers wait in the listener's backlog: a silent one occupies a descriptor for as long as it is granted to authenticate.</summary>
    private const int Most = 128;

    private readonly Lock _gate = new();
    private readonly List<Task<Connection>> _all = [];
    private readonly CancellationTokenSource _closing = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _all.Count;
            }
        }
    }

    public bool IsFull => Count >= Most;

    public void Begin(Connection connection)
    {
        var handshake = RunAsync(connection);
        lock (_gate)
        {
            _all.Add(handshake);
        }

        if (_closing.IsCancellationRequested)
        {
            Clear();
        }
    }

    /// <summary>Takes a handshake that ended, well or not.</summary>
    public bool TryTakeFinished([NotNullWhen(true)] out Task<Connection>? finished)
    {
        lock (_gate)
        {
            finished = _all.Find(static each => each.IsCompleted);
            return finished is not null && _all.Remove(finished);
        }
    }

    /// <summary>Completes when one of those that are under way now has ended.</summary>
    public Task AnyFinished()
    {
        lock (_gate)
        {
            return Task.WhenAny(_all);
        }
    }

    /// <summary>Closes the connections that nobody accepted.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        Clear();
    }

    private async Task<Connection> RunAsync(Connection connection)
    {
        await Handshake.AsListenerAsync(connection, key, _closing.Token).ConfigureAwait(false);
        return connection;
    }

    private void Clear()
    {
        List<Task<Connection>> left;
        lock (_gate)
        {
            left = [.. _all];
            _all.Clear();
        }

        foreach (var each in left)
        {
            _ = CloseAsync(each);
        }
    }

    private static async Task CloseAsync(Task<Connection> handshake)
    {
        await ((Task)handshake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (handshake.IsCompletedSuccessfully)
        {
            (await handshake.ConfigureAwait(false)).Dispose();
        }
    }
}
