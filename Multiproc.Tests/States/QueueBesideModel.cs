using Multiproc.Objects.Queues;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>A queue and its model: each move is made at both, and then they are compared.</summary>
internal sealed class QueueBesideModel(IObjectState state, int maxSize)
{
    private readonly int[] _processes = [1, 2, 3, 4];
    private int _born = 4;

    public Script Script { get; } = new(state);

    public QueueModel Model { get; } = new(maxSize);

    /// <summary>The gets of living processes that have not said yet that the item came.</summary>
    public List<Call> Gets { get; } = [];

    public int Process(int who) => _processes[who];

    public Call Put(int process, int number, TimeSpan? timeout)
    {
        var call = Script.Ask(process, new QueueCommand.Put(Script.Value(number), timeout));
        Model.Put(call, number, Script.Now, timeout);
        return call;
    }

    public Call Get(int process, QueueCommand get, TimeSpan? timeout)
    {
        var call = Script.Ask(process, get);
        Model.Get(call, Script.Now, timeout);
        Gets.Add(call);
        return call;
    }

    /// <summary>A get of the process that has its item, of which the queue has not been told yet.</summary>
    public Call? Untold(int process) => Gets.Find(call => call.Caller.Process == process && call.Succeeded);

    public void Take(Call got)
    {
        Script.Tell(got.Caller.Process, new QueueCommand.Taken(got.Caller.Call));
        Model.Taken(got);
        Gets.Remove(got);
    }

    /// <summary>One of the last of these calls, by the number.</summary>
    public void Cancel(List<Call> calls, int number)
    {
        var any = calls[^Math.Min(calls.Count, number + 1)];
        Script.Cancel(any);
        Model.Cancelled(any);
    }

    /// <summary>Another process comes in its place.</summary>
    public void Die(int who)
    {
        int process = _processes[who];
        Script.Die(process);
        Model.Died(process);
        Gets.RemoveAll(call => call.Caller.Process == process);
        _processes[who] = ++_born;
    }

    public void Pass(int ticks)
    {
        Script.Pass(TimeSpan.FromTicks(ticks));
        Model.TimePassed(Script.Now);
    }

    /// <param name="calls">Must have ended as they did in the model, or wait as there.</param>
    /// <param name="item">What is in an answer.</param>
    public void Compare(List<Call> calls, Func<Reply, int> item)
    {
        foreach (var call in calls)
        {
            bool ended = Model.Expected.TryGetValue(call, out var expected);
            bool same = ended
                ? call.Reply is { } reply && reply.Status == expected.Status && (reply.Value.Length == 0 || item(reply) == expected.Item)
                : call.Waits;
            Script.Require(same, $"{call} should have ended: {ended} {expected}");
        }

        Script.Require(Script.Ask(99, QueueCommand.Size.Instance).Reply!.Value.Number == Model.Count, $"the size should be {Model.Count}");
    }
}
