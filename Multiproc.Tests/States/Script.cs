using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>
/// A conversation between processes and a state, without processes: it plays the shell around the state, moves the clock, and writes
/// down every line. It fails at once when a call is answered twice, when one is answered that nobody made, or when the dead are answered.
/// </summary>
internal sealed class Script(IObjectState state)
{
    private readonly Effects _effects = new();
    private readonly Dictionary<Caller, Call> _calls = [];
    private readonly HashSet<int> _dead = [];
    private readonly List<string> _lines = [];
    private Instant _armed = Instant.Never;
    private int _lastCall;

    public Instant Now { get; private set; }

    /// <summary>All that was said so far; the same commands must give the same lines.</summary>
    public string Transcript => string.Join('\n', _lines);

    public Participant Process(int number) => new(this, number);

    public Participant Node => Process(Caller.LocalProcess);

    public Call Ask(int process, ICommand command)
    {
        var call = new Call(this, new Caller(process, ++_lastCall));
        _calls.Add(call.Caller, call);
        Step(call.Caller, command, $"P{process}#{call.Caller.Call} asks {Describe(command)}");
        return call;
    }

    public void Tell(int process, ICommand command) => Step(new Caller(process, 0), command, $"P{process} tells {Describe(command)}");

    public void Die(int process)
    {
        _dead.Add(process);
        Step(default, new LifecycleEvent.ProcessGone(process), $"P{process} dies");
    }

    public void Cancel(Call call) => Step(default, new LifecycleEvent.CallCancelled(call.Caller), $"{call} is cancelled");

    /// <summary>The caller gives up by its own bound: it receives nothing any more.</summary>
    public void GiveUp(Call call, bool timedOut = true)
    {
        call.IsGivenUp = true;
        Step(default, new LifecycleEvent.CallGivenUp(call.Caller, timedOut), $"{call} is given up");
    }

    /// <summary>Moves the clock; the state is woken at the moments it asked for, as its shell would do.</summary>
    public void Pass(TimeSpan time)
    {
        var end = Now.After(time);
        while (_armed <= end)
        {
            Now = _armed > Now ? _armed : Now;
            _armed = Instant.Never;
            Step(default, new LifecycleEvent.DeadlinePassed(), $"deadline at {Now.Ticks}");
        }

        Now = end;
    }

    /// <summary>Fails with the whole conversation.</summary>
    public void Require(bool condition, string expectation)
    {
        if (!condition)
        {
            Assert.Fail($"{expectation}, after:\n{Transcript}");
        }
    }

    public static Payload Value(int number) => Serializer.Pack((long)number);

    public static int Number(Reply reply) => (int)Serializer.Unpack<long>(reply.Value);

    private static string Describe(ICommand command)
    {
        using var writer = new WireWriter();
        (command as IWireCommand)?.WriteTo(writer);
        return $"{command.GetType().Name} {Convert.ToHexString(writer.Written)}";
    }

    private void Step(Caller caller, ICommand command, string line)
    {
        state.Step(caller, command, Now, _effects);
        foreach (var (to, reply) in _effects.Replies)
        {
            line += $"; P{to.Process}#{to.Call} gets {reply.Status} {reply.Number} [{Convert.ToHexString(reply.Value.Bytes.Span)}] {reply.Reason}";
            Require(_calls.ContainsKey(to), $"A call that nobody made was answered: {line}");
            Require(!_dead.Contains(to.Process), $"The dead were answered: {line}");
            _calls[to].Receive(reply);
        }

        if (_effects.Deadline is { } deadline && deadline < _armed)
        {
            _armed = deadline;
        }

        _lines.Add($"{Now.Ticks}: {line}");
        _effects.Clear();
    }
}

/// <summary>A process in a conversation.</summary>
internal sealed class Participant(Script script, int number)
{
    public int Number => number;

    public Call Asks(ICommand command) => script.Ask(number, command);

    public void Tells(ICommand command) => script.Tell(number, command);

    public void Dies() => script.Die(number);
}
