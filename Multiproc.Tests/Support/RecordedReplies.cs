using Multiproc.States;

namespace Multiproc.Tests.Support;

/// <summary>The callers of an actor under test: what each was answered, in order; and a clock that the test sets.</summary>
internal sealed class RecordedReplies : IReplyTo
{
    private readonly List<(Caller, Reply)> _replies = [];

    public Instant Now { get; set; }

    public IDisposable Alarm(TimeSpan delay, Action ring) => Multiproc.Transport.Alarm.In(delay, ring);

    public void Reply(Caller caller, in Reply reply)
    {
        if (caller.WantsReply)
        {
            _replies.Add((caller, reply));
        }
    }

    /// <summary>The answers since the last call.</summary>
    public List<(Caller, Reply)> Take()
    {
        List<(Caller, Reply)> taken = [.. _replies];
        _replies.Clear();
        return taken;
    }
}
