using System.Threading.Tasks.Sources;

namespace Multiproc.Objects.Peers;

/// <summary>An awaited call; pooled by the <see cref="CallTable"/>. Continuations never run on the thread that delivers answers.</summary>
internal sealed class AsyncCall : PendingCall, IValueTaskSource<Answer>
{
    private readonly CallTable _table;
    private ManualResetValueTaskSourceCore<Answer> _source;
    private CancellationTokenRegistration _registration;

    public AsyncCall(CallTable table, int index)
        : base(index)
    {
        _table = table;
        _source.RunContinuationsAsynchronously = true;
    }

    public ValueTask<Answer> Begin(Peer? peer)
    {
        _source.Reset();
        Open(peer);
        return new ValueTask<Answer>(this, _source.Version);
    }

    /// <summary>Asks the home to forget the call when <paramref name="cancellation"/> fires; the answer still decides.</summary>
    public void CancelWith(Action<long> cancelCall, long id, CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            _registration = cancellation.UnsafeRegister(_ => cancelCall(id), null);
        }
    }

    public Answer GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _registration.Unregister();
            _registration = default;
            _table.Return(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void OnAnswer(in Answer answer) => _source.SetResult(answer with { Call = Id });

    protected override void OnFailure(Exception reason) => _source.SetException(reason);
}
