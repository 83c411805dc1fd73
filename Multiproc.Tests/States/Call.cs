using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>One question in a conversation, and its answer when there is one.</summary>
internal sealed class Call(Script script, Caller caller)
{
    public Caller Caller { get; } = caller;

    public Reply? Reply { get; private set; }

    /// <summary>Its caller has gone on: an answer from now on would be a grant that nobody takes.</summary>
    public bool IsGivenUp { get; set; }

    public bool Waits => Reply is null;

    public bool Succeeded => Reply?.Status == ReplyStatus.Ok;

    public void Receive(Reply reply)
    {
        script.Require(Waits, $"{this} was answered twice");
        script.Require(!IsGivenUp, $"{this} was answered after it was given up");
        Reply = reply;
    }

    public void IsCancelled() => script.Cancel(this);

    public Call ShouldWait()
    {
        script.Require(Waits, $"{this} should wait");
        return this;
    }

    public Call ShouldBeDone() => ShouldEnd(ReplyStatus.Ok);

    public Call ShouldTimeOut() => ShouldEnd(ReplyStatus.TimedOut);

    public Call ShouldEndCancelled() => ShouldEnd(ReplyStatus.Cancelled);

    public Call ShouldBeRefused() => ShouldEnd(ReplyStatus.Refused);

    /// <summary>The answer's number.</summary>
    public Call ShouldAnswer(long number)
    {
        long replied = ShouldBeDone().Reply!.Value.Number;
        script.Require(replied == number, $"{this} should be answered {number}, and was {replied}");
        return this;
    }

    /// <summary>The answer's value, which the test had packed.</summary>
    public Call ShouldGet(int value)
    {
        int got = Script.Number(ShouldBeDone().Reply!.Value);
        script.Require(got == value, $"{this} should get {value}, and got {got}");
        return this;
    }

    public override string ToString() => $"P{Caller.Process}#{Caller.Call}";

    private Call ShouldEnd(ReplyStatus status)
    {
        script.Require(!Waits, $"{this} should have ended {status}, and waits");
        script.Require(Reply!.Value.Status == status, $"{this} should have ended {status}, and ended {Reply.Value.Status}");
        return this;
    }
}
