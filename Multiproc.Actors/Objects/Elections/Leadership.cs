using System.Diagnostics;
using Multiproc.Objects.Elections;

namespace Multiproc;

/// <summary>
/// A candidate for leading, and its term when it is elected: one candidate of a name leads at a time. It waits for its turn in the background from the moment
/// in which it is made. When the leader is disposed of, or its process dies, another candidate leads. A term that was lost does not come back: make a new
/// candidate.
/// </summary>
/// <example>
/// <code>
/// using var leadership = Mp.Elect("reports");
/// leadership.Wait();
/// while (leadership.IsLeader)
/// {
///     Console.WriteLine($"leading, with fence {leadership.Fence}");
///     break;
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Leadership : IDisposable, IAsyncDisposable
{
    private readonly ISeat _seat;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _resigned = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _elected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Term? _term;
    private bool _disposed;

    private Leadership(string name, ISeat seat) => (Name, _seat) = (name, seat);

    /// <summary>The name of the election.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether this candidate leads now. It may be lost right afterwards, for instance while this process is stopped: send <see cref="Fence"/> along with what
    /// must not be done by two.
    /// </summary>
    public bool IsLeader
    {
        get
        {
            lock (_gate)
            {
                return !_disposed && _term is { Lost.IsCancellationRequested: false };
            }
        }
    }

    /// <summary>
    /// A token that fires when the term ends, before anybody else can lead: the leadership was lost, or is given up by <see cref="Dispose"/>. It does not fire
    /// in time in a process that is stopped, nor where the file of an election on one machine is deleted. Not fired before the election.
    /// </summary>
    public CancellationToken Lost => _over.Token;

    /// <summary>The fence of the term: greater than those of all terms of this election before it.</summary>
    /// <exception cref="InvalidOperationException">This candidate was not elected yet.</exception>
    public long Fence => Volatile.Read(ref _term)?.Fence
        ?? throw new InvalidOperationException($"{_seat.Description} has not elected this candidate yet, so there is no fence: call {nameof(Wait)} before.");

    /// <summary>Waits up to <paramref name="timeout"/> until this candidate leads.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the candidate stays one.</param>
    /// <returns>True when it leads; false when it was not elected within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="HoldLostException">It was elected, and has lost the leadership.</exception>
    /// <exception cref="ConnectionLostException">The cluster or the process that elects cannot be reached any more.</exception>
    /// <exception cref="MultiprocException">The election cannot take place; the message says why.</exception>
    /// <exception cref="ObjectDisposedException">The candidate was disposed.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        WaitAsync(timeout, cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>Asynchronously waits up to <paramref name="timeout"/> until this candidate leads.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait; the candidate stays one.</param>
    /// <returns>True when it leads; false when it was not elected within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="HoldLostException">It was elected, and has lost the leadership.</exception>
    /// <exception cref="ConnectionLostException">The cluster or the process that elects cannot be reached any more.</exception>
    /// <exception cref="MultiprocException">The election cannot take place; the message says why.</exception>
    /// <exception cref="ObjectDisposedException">The candidate was disposed.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        try
        {
            await _elected.Task.WaitAsync(TimeSpan.FromMilliseconds(limit.Milliseconds), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (!_elected.Task.IsCompleted)
            {
                return false;
            }

            // It was elected, or failed, between the end of the time and this line.
            await _elected.Task.ConfigureAwait(false);
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _term is { Lost.IsCancellationRequested: false } ? true : throw new HoldLostException(
                $"{_seat.Description} had elected this candidate, and it has lost the leadership since: another one may lead. Stop what only a leader may do, "
                + "and make a new candidate.");
        }
    }

    /// <summary>Gives up the leadership, or the candidature. <see cref="Lost"/> fires before another candidate can lead.</summary>
    public void Dispose()
    {
        Term? term;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            term = _term;
        }

        _resigned.Cancel();
        _elected.TrySetException(new ObjectDisposedException(ToString(), "The candidate was disposed before it was elected."));
        _ = _elected.Task.Exception;

        // Requested when this returns; what the user has registered runs on the thread pool.
        _ = _over.CancelAsync();
        term?.Leave();
    }

    /// <summary>Gives up the leadership, or the candidature. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the name and the state.</summary>
    /// <returns>For example "Leadership of 'reports', leading".</returns>
    public override string ToString()
    {
        lock (_gate)
        {
            string state = _disposed ? "disposed"
                : _term is not { } term ? _elected.Task.IsFaulted ? "failed" : "a candidate"
                : term.Lost.IsCancellationRequested ? "lost" : "leading";
            return $"Leadership of '{Name}', {state}";
        }
    }

    /// <summary>Makes a candidate.</summary>
    internal static Leadership Of(string name, ISeat seat)
    {
        var leadership = new Leadership(name, seat);
        _ = Task.Run(leadership.RunAsync);
        return leadership;
    }

    private async Task RunAsync()
    {
        try
        {
            var term = await _seat.TakeAsync(_resigned.Token).ConfigureAwait(false);
            if (!TryBegin(term))
            {
                term.Leave();
                return;
            }

            term.Lost.Register(() => _ = _over.CancelAsync());
            _elected.TrySetResult();
        }
        catch (OperationCanceledException) when (_resigned.IsCancellationRequested)
        {
            // All waiters were told.
        }
        catch (Exception failure)
        {
            // Thrown by Wait.
            _elected.TrySetException(failure);
        }
    }

    private bool TryBegin(Term term)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _term = term;
            return true;
        }
    }
}
