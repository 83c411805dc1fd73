using Multiproc.Objects.Together;

namespace Multiproc;

/// <summary>Several locks and permits that were acquired together: disposing it releases them, the last acquired first.</summary>
/// <example>
/// <code>
/// using var from = Mp.Lock();
/// using var to = Mp.Lock();
/// using (Mp.AcquireAll([from, to]))
/// {
///     Console.WriteLine("both are held");
/// }
/// </code>
/// </example>
public sealed class HeldLocks : IDisposable, IAsyncDisposable
{
    private readonly Acquirable[] _held;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _lost;
    private CancellationToken? _token;
    private int _released;

    internal HeldLocks(Acquirable[] held) => _held = held;

    /// <summary>How many there are.</summary>
    public int Count => _held.Length;

    /// <summary>
    /// A token that fires when one of them may be lost although this process lives: see <see cref="SharedLockBase.Lost"/>. Never fires when none of them is of
    /// a cluster.
    /// </summary>
    /// <exception cref="HoldLostException">One of them was lost already.</exception>
    /// <exception cref="ConnectionLostException">This process, or its node, is no longer in the cluster.</exception>
    /// <exception cref="ObjectDisposedException">They were released.</exception>
    public CancellationToken Lost
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_released != 0, this);
                return _token ??= Linked();
            }
        }
    }

    /// <summary>Releases all of them, the last acquired first. Does nothing when they were released already.</summary>
    /// <exception cref="HoldLostException">One of them was lost before; the others are released all the same.</exception>
    /// <exception cref="InvalidOperationException">One of them was released by somebody else; the others are released all the same.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts one of them has ended; the others are released all the same.</exception>
    /// <exception cref="AggregateException">Several could not be released, each for its own reason.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_released++ != 0)
            {
                return;
            }

            _lost?.Dispose();
        }

        Acquisition.Release(_held, _held.Length);
    }

    /// <summary>Releases all of them, the last acquired first. Completes synchronously, and throws what <see cref="Dispose"/> throws.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private CancellationToken Linked()
    {
        CancellationToken[] all = [.. _held.Select(static each => each.Lost()).Where(static token => token.CanBeCanceled)];
        if (all.Length == 0)
        {
            return CancellationToken.None;
        }

        _lost = CancellationTokenSource.CreateLinkedTokenSource(all);
        return _lost.Token;
    }
}
