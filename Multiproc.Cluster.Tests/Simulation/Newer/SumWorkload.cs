using Multiproc.Objects.Counters;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Additions to a counter, and reads of its sum. Each acknowledged addition is in every sum that is read afterwards, none is there before it began, and none
/// twice.
/// </summary>
internal sealed class SumWorkload(ObjectType? type = null) : SimWorkload(type ?? CounterType.Instance)
{
    private readonly List<(long Begun, long Ended)> _adds = [];
    private readonly List<(long Begun, long Ended, long Sum)> _reads = [];
    private long _taken = -1;

    public override void Check()
    {
        int acknowledged = _adds.Count(static add => add.Ended > 0);
        SimViolation.If(_taken < acknowledged, $"{acknowledged} additions were acknowledged, but the sum is {_taken}");
        SimViolation.If(_taken > _adds.Count, $"the sum is {_taken}, but only {_adds.Count} additions were begun: one was done twice");
        foreach (var read in _reads)
        {
            int least = _adds.Count(add => add.Ended > 0 && add.Ended < read.Begun);
            int most = _adds.Count(add => add.Begun <= read.Ended);
            SimViolation.If(read.Sum < least || read.Sum > most, $"a read gave {read.Sum}, but from {least} to {most} additions were done");
        }
    }

    protected override void Act(Client client, Action next)
    {
        long begun = World.Now;
        if (World.Chance(0.4))
        {
            Ask(client, CounterCommand.Read.Instance, isRead: true, sum =>
            {
                _reads.Add((begun, World.Now, sum));
                next();
            });
            return;
        }

        int number = _adds.Count;
        _adds.Add((begun, 0));
        Ask(client, new CounterCommand.Add(1), isRead: false, _ =>
        {
            _adds[number] = (begun, World.Now);
            next();
        });
    }

    protected override void Drain(Client client, Action done) => Ask(client, CounterCommand.Reset.Instance, isRead: false, taken =>
    {
        _taken = taken;
        Ask(client, CounterCommand.Read.Instance, isRead: true, left =>
        {
            SimViolation.If(left != 0, $"after a reset the sum is {left}");
            done();
        });
    });

    private static void Ask(Client client, CounterCommand command, bool isRead, Action<long> told) =>
        client.Node.Call(client.Process, command, isRead, reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, $"an operation ended with {reply.Status}: {reply.Reason}");
            told(reply.Number);
        });
}
