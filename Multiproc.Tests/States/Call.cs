using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>One question in a conversation, and its answer when there is one.</summary>
internal sealed class Call(Script script, Caller caller)
{
    public Caller Caller { get; } = caller;

    public Answer? Answer { get; private set; }

    /// <summary>Its caller has gone on: an answer from now on would be a grant that nobody takes.</summary>
    public bool IsGivenUp { get; set; }

    public bool Waits => Answer is null;

    public bool Succeeded => Answer?.Status == AnswerStatus.Ok;

    public void Receive(Answer answer)
    {
        script.Require(Waits, $"{this} was answered twice");
        script.Require(!IsGivenUp, $"{this} was answered after it was given up");
        Answer = answer;
    }

    public void IsCancelled() => script.Cancel(this);

    public Call ShouldWait()
    {
        script.Require(Waits, $"{this} should wait");
        return this;
    }

    public Call ShouldBeDone() => ShouldEnd(AnswerStatus.Ok);

    public Call ShouldTimeOut() => ShouldEnd(AnswerStatus.TimedOut);

    public Call ShouldEndCancelled() => ShouldEnd(AnswerStatus.Cancelled);

    public Call ShouldBeRefused() => ShouldEnd(AnswerStatus.Refused);

    /// <summary>The answer's number.</summary>
    public Call ShouldAnswer(long number)
    {
        long answered = ShouldBeDone().Answer!.Value.Number;
        script.Require(answered == number, $"{this} should be answered {number}, and was {answered}");
        return this;
    }

    /// <summary>The answer's value, which the test had packed.</summary>
    public Call ShouldGet(int value)
    {
        int got = Script.Number(ShouldBeDone().Answer!.Value);
        script.Require(got == value, $"{this} should get {value}, and got {got}");
        return this;
    }

    public override string ToString() => $"P{Caller.Process}#{Caller.Call}";

    private Call ShouldEnd(AnswerStatus status)
    {
        script.Require(!Waits, $"{this} should have ended {status}, and waits");
        script.Require(Answer!.Value.Status == status, $"{this} should have ended {status}, and ended {Answer.Value.Status}");
        return this;
    }
}
