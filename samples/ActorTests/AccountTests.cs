using Akka.Actor;
using Multiproc;
using Multiproc.TestKit;

namespace ActorTests;

/// <summary>How to test an actor that lives in a process of its own: what it answers, how it fails, how it dies, and what it shares.</summary>
public sealed class AccountTests : Joined
{
    private readonly SyncManager _manager = Mp.Manager();
    private readonly DictionaryProxy<string, int> _ledger;

    public AccountTests() => _ledger = _manager.Dictionary<string, int>();

    [Fact]
    public void Deposit_IsAnsweredWithTheBalance()
    {
        var account = Mp.ActorOf(Props.Create<Account>(_ledger, "alice"));
        account.Tell(new Deposit(20), TestActor);
        ExpectMsg(new Balance(20), Patience);
        account.Tell(new Deposit(5), TestActor);
        ExpectMsg(new Balance(25), Patience);
        Assert.Equal(25, _ledger["alice"]);
    }

    [Fact]
    public void NegativeDeposit_FailsTheActor_AndItsSupervisorRestartsIt()
    {
        var account = Mp.ActorOf(Props.Create<Account>(_ledger, "bob"));
        account.Tell(new Deposit(10), TestActor);
        ExpectMsg(new Balance(10), Patience);

        // The exception is logged in this process, where the supervisor is, although it was thrown in another one.
        EventFilter.Exception<ArgumentException>(contains: "negative").ExpectOne(Patience, () => account.Tell(new Deposit(-1), TestActor));
        account.Tell(new Deposit(1), TestActor);
        ExpectMsg(new Balance(11), Patience);
    }

    [Fact]
    public void KilledProcess_IsToldToWatchers_AndLosesNothingThatWasShared()
    {
        var account = Mp.ActorOf(Props.Create<Account>(_ledger, "carol"));
        account.Tell(new Deposit(7), TestActor);
        ExpectMsg(new Balance(7), Patience);
        Watch(account);
        ProcessOf(account).Kill();
        ExpectTerminated(account, Patience);

        var next = Mp.ActorOf(Props.Create<Account>(_ledger, "carol"));
        next.Tell(new Deposit(1), TestActor);
        ExpectMsg(new Balance(8), Patience);
    }

    [Fact]
    public void KilledBetweenTwoSteps_LeavesTheItemToTheNextProcess()
    {
        using var jobs = Mp.JoinableQueue<string>();
        using var steps = new KillPoint("after get");
        jobs.Put("the job");
        using var first = Mp.Process(TakeAndDie, jobs, steps);
        first.Start();
        steps.KillThere(first, Patience);

        // It had the item in its hand, and had not said that it was done.
        Assert.Equal("the job", jobs.Get(Patience));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _manager.Dispose();
    }

    private static void TakeAndDie(SharedJoinableQueue<string> jobs, KillPoint steps)
    {
        _ = jobs.Get();
        steps.Reached("after get");
        jobs.TaskDone();
    }

    /// <summary>The pid is in the address of an actor of another process.</summary>
    private static ChildProcess ProcessOf(IActorRef actor) =>
        Mp.ActiveChildren().Single(child => actor.Path.Address.Host.StartsWith($"{child.Pid}.", StringComparison.Ordinal));
}
