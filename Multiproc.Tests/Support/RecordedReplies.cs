using Multiproc.States;

namespace Multiproc.Tests.Support;

/// <summary>The callers of an actor under test: what each was answered, in order; and a clock that the test sets.</summary>
internal sealed class RecordedReplies : IReplyTo
{
    private readonly List<(Caller, Answer)> _answers = [];

    public Instant Now { get; set; }

    public void Answer(Caller caller, in Answer answer)
    {
        if (caller.WantsAnswer)
        {
            _answers.Add((caller, answer));
        }
    }

    /// <summary>The answers since the last call.</summary>
    public List<(Caller, Answer)> Take()
    {
        List<(Caller, Answer)> taken = [.. _answers];
        _answers.Clear();
        return taken;
    }
}
