using Multiproc.Objects.Broadcasts;
using Multiproc.Objects.Caches;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Counters;
using Multiproc.Objects.Queues;
using Multiproc.Objects.RateLimiters;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Object types whose states do something wrong now and then: what is checked of an object must find them. They have tags that the product does not use.
/// </summary>
internal static class MutantObject
{
    private static readonly Dictionary<string, (ObjectType Type, Func<ObjectType, SimWorkload> Load)> s_all = new()
    {
        ["a counter that forgets an addition"] = (
            Define(10, CounterType.Instance, static (number, command) => command is CounterCommand.Add && number % 50 == 0 ? null : command),
            static type => new SumWorkload(type)),
        ["a countdown that lets somebody go early"] = (
            Define(11, CountdownType.Instance, static (number, command) => command is CountdownCommand.Wait && number % 9 == 0 ? null : command),
            static type => new CountdownWorkload(type)),
        ["a countdown that counts a signal twice"] = (
            Define(12, CountdownType.Instance, static (number, command) =>
                command is CountdownCommand.Signal && number % 5 == 0 ? new CountdownCommand.Signal(2) : command),
            static type => new CountdownWorkload(type)),
        ["a rate limiter that gives a permit away"] = (
            Define(13, RateLimiterType.Instance, static (number, command) =>
                command is RateLimiterCommand.Acquire { Permits: > 1 } acquire && number % 3 == 0 ? acquire with { Permits = 1 } : command),
            static type => new LimiterWorkload(type)),
        ["a broadcast that drops an item"] = (
            Define(14, BroadcastType.Instance, static (number, command) => command is BroadcastCommand.Publish && number % 20 == 0 ? null : command),
            static type => new BroadcastWorkload(type)),
        ["a cache that forgets a value"] = (
            Define(15, CacheType.Instance, static (number, command) =>
                command is CacheCommand.Fulfil made && number % 3 == 0 ? new CacheCommand.Fail(made.Claim) : command),
            static type => new CacheWorkload(type)),
        ["a queue that forgets priorities"] = (
            Define(26, QueueType.Instance, static (_, command) =>
                command is QueueCommand.PutWith put ? put with { Terms = put.Terms with { Priority = 0 } } : command),
            static type => new QueueWorkload(isBounded: false, givesUp: false, hasTerms: true, type)),
        ["a queue that forgets delays"] = (
            Define(27, QueueType.Instance, static (_, command) =>
                command is QueueCommand.PutWith put ? put with { Terms = put.Terms with { Delay = WaitTimeout.Zero } } : command),
            static type => new QueueWorkload(isBounded: false, givesUp: false, hasTerms: true, type)),
        ["a read-write lock that does not count a reader"] = (
            Define(28, ReadWriteLockType.Instance, static (number, command) =>
                command is ReadWriteCommand.Acquire { Side: LockSide.Read } && number % 10 == 0 ? null : command),
            static type => new ReadWriteWorkload(type)),
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static bool Has(ObjectType type) => s_all.Values.Any(each => each.Type == type);

    public static SimWorkload Workload(string name) => s_all[name].Load(s_all[name].Type);

    /// <param name="tag">Its tag.</param>
    /// <param name="original">The right type.</param>
    /// <param name="change">What is done in place of a command, by its number; null to reply that it was done.</param>
    private static ObjectType Define(byte tag, ObjectType original, Func<long, ICommand, ICommand?> change) => ObjectType.Define(new ObjectType(
        tag, $"wrong {original.Name}", original.ReadCommand, original.CellBytes,
        (options, cell) => new State((IDurableState)original.CreateState(options, cell), change)));

    private sealed class State(IDurableState original, Func<long, ICommand, ICommand?> change) : IDurableState
    {
        private long _number;

        public void Step(Caller caller, ICommand command, Instant now, Effects effects)
        {
            if (change(++_number, command) is { } changed)
            {
                original.Step(caller, changed, now, effects);
            }
            else
            {
                effects.Reply(caller, Reply.Done);
            }
        }

        public void Save(WireWriter writer)
        {
            writer.VarInt(_number);
            original.Save(writer);
        }

        public void Restore(ref WireReader reader)
        {
            _number = reader.VarInt();
            original.Restore(ref reader);
        }
    }
}
