using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>All open calls of this process, found by the index inside their id: a reply needs no hashing and no lock.</summary>
internal sealed class CallTable
{
    private const int IndexBits = 20;

    public static readonly CallTable Current = new();

    [ThreadStatic]
    private static BlockingCall? s_ofThread;

    private readonly Lock _gate = new();
    private readonly Stack<AsyncCall> _idle = new();
    private PendingCall[] _calls = new PendingCall[16];
    private int _count;

    /// <summary>Calls that were given up, but whose replies may still bring something that must be released.</summary>
    private LateReplies? _late; // Created for the first such call: hardly any process has one.

    public static long MakeId(long generation, int index) => (generation << IndexBits) | (uint)index;

    /// <summary>The place of a call in its table; calls in the same place follow each other.</summary>
    public static int IndexOf(long id) => (int)(id & ((1 << IndexBits) - 1));

    public BlockingCall BeginBlocking(Peer? peer)
    {
        var call = s_ofThread;
        if (call is null || call.InUse)
        {
            call = Add(index => new BlockingCall(index));
            s_ofThread = call;
        }

        call.Begin(peer);
        return call;
    }

    public AsyncCall RentAsync()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var call))
            {
                return call;
            }
        }

        return Add(index => new AsyncCall(this, index));
    }

    public void Return(AsyncCall call)
    {
        lock (_gate)
        {
            _idle.Push(call);
        }
    }

    /// <summary>Completes a call; false when nobody waits for its reply any more.</summary>
    public bool Finish(long id, in Reply reply) =>
        (Find(id) is { } call && call.TryFinish(id, reply)) || (Volatile.Read(ref _late) is { } late && late.TryReceive(id, reply));

    /// <summary>Withdraws a call before its reply comes. False when the reply, or the loss of its peer, came first.</summary>
    public bool TryGiveUp(PendingCall call, Peer peer, Action<Reply>? late)
    {
        long id = call.Id;
        if (late is not null)
        {
            // Before the claim: the reply may come right after it.
            (Volatile.Read(ref _late) ?? MakeLate()).Expect(id, peer, late);
        }

        if (call.Claim(id))
        {
            return true;
        }

        _late?.Forget(id);
        return false;
    }

    public bool Fail(long id, Exception reason) => Find(id) is { } call && call.TryFail(id, reason);

    /// <summary>
    /// Makes the thread that waits for this call report where in the code it waits. Only the peer that owes the reply (null: this process) may ask.
    /// </summary>
    public bool TryAskSite(Peer? asker, long id, Action<string?> tell) =>
        Find(id) is { } call && ReferenceEquals(call.Peer, asker) && call.TryAskSite(id, tell);

    /// <summary>Fails every call that waits for this peer. Calls begun later fail when they are sent.</summary>
    public void FailAll(Peer peer, Func<Exception> reason)
    {
        var calls = Volatile.Read(ref _calls);
        foreach (var call in calls)
        {
            if (call is not null && ReferenceEquals(call.Peer, peer))
            {
                call.TryFail(call.Id, reason());
            }
        }

        _late?.Forget(peer);
    }

    private LateReplies MakeLate() => Interlocked.CompareExchange(ref _late, new LateReplies(), null) ?? _late;

    private PendingCall? Find(long id)
    {
        int index = IndexOf(id);
        var calls = Volatile.Read(ref _calls);
        return index < calls.Length ? calls[index] : null;
    }

    private T Add<T>(Func<int, T> make)
        where T : PendingCall
    {
        lock (_gate)
        {
            if (_count == 1 << IndexBits)
            {
                throw new InvalidOperationException($"{_count} calls are open at once in this process: wait for some of them before starting more.");
            }

            if (_count == _calls.Length)
            {
                var larger = new PendingCall[_calls.Length * 2];
                _calls.CopyTo(larger, 0);
                Volatile.Write(ref _calls, larger);
            }

            var call = make(_count);
            _calls[_count++] = call;
            return call;
        }
    }
}
