using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// Increments and reads of a number in an object that is deleted now and then, or is in memory and moves, and is lost with its owner. Each incarnation is an
/// object of its own: what was done to it must fit into one order, and what was told to be undone must not be there.
/// </summary>
internal sealed class EndingWorkload(Durability durability) : SimWorkload(DictionaryType.Instance, durability: durability)
{
    private static readonly Payload s_key = new(new byte[] { 2, 7 });

    private readonly Dictionary<long, Life> _lives = [];

    public override double Moves => Spec.Durability == Durability.Memory ? 0.5 : 0;

    public override void Check()
    {
        foreach (var (incarnation, life) in _lives)
        {
            life.Check(incarnation);
        }

        int lost = World.Journal.Records.Count(static record => record is JournalRecord.Ended { Reason: EndReason.Lost });
        SimViolation.If(
            lost > World.Harms, $"{lost} objects in memory were lost, but only {World.Harms} times an owner died, was replaced, or could not write");
    }

    protected override void Act(Client client, Action next)
    {
        if (World.Chance(0.06))
        {
            client.Node.Delete(next);
            return;
        }

        bool isRead = World.Chance(0.5);
        long begun = World.Now;
        var life = LifeOf(client.Node.Incarnation);
        life.Unknown += isRead ? 0 : 1;
        Ask(client, isRead, reply =>
        {
            // A call that found no object was not carried out; of one that was under way in memory it is not known.
            life.Unknown -= isRead || reply.Status == ReplyStatus.OutcomeUnknown ? 0 : 1;
            if (reply.Status == ReplyStatus.Ok)
            {
                life.Done.Add((begun, World.Now, ValueOf(reply, isRead), isRead));
            }
            else
            {
                SimViolation.If(
                    reply.Status is not (ReplyStatus.ObjectGone or ReplyStatus.OutcomeUnknown or ReplyStatus.Lost),
                    $"an operation ended with {reply.Status}: {reply.Reason}");
                SimViolation.If(Spec.Durability == Durability.Journal && reply.Status == ReplyStatus.Lost, "an object of the journal was lost");
            }

            next();
        });
    }

    protected override void Drain(Client client, Action done)
    {
        var life = LifeOf(client.Node.Incarnation);
        Ask(client, isRead: true, reply =>
        {
            if (reply.Status == ReplyStatus.Ok)
            {
                life.Last = ValueOf(reply, isRead: true);
                done();
            }
            else
            {
                DrainAnew(client, done);
            }
        });
    }

    private void DrainAnew(Client client, Action done) => World.After(TimeSpan.TicksPerSecond, () =>
    {
        if (client.Node.IsOpen)
        {
            Drain(client, done);
        }
        else
        {
            DrainAnew(client, done);
        }
    });

    private Life LifeOf(long incarnation)
    {
        if (!_lives.TryGetValue(incarnation, out var life))
        {
            _lives.Add(incarnation, life = new Life());
        }

        return life;
    }

    private static void Ask(Client client, bool isRead, Action<Reply> told) => client.Node.Call(
        client.Process,
        isRead ? new DictionaryCommand.Get(s_key) : new DictionaryCommand.Increment([(s_key, 1)]),
        isRead,
        told);

    private static long ValueOf(Reply reply, bool isRead)
    {
        if (!isRead)
        {
            return reply.Number;
        }

        return reply.Number < 0 ? 0
            : PackedNumber.TryRead(reply.Value, out long number) ? number
            : throw new SimViolation("the number is no number any more");
    }

    /// <summary>What happened to one incarnation.</summary>
    private sealed class Life
    {
        public List<(long Begun, long Ended, long Value, bool IsRead)> Done { get; } = [];

        /// <summary>Increments of which it is not known whether they were done.</summary>
        public int Unknown { get; set; }

        public long Last { get; set; } = -1;

        public void Check(long incarnation)
        {
            var increments = Done.Where(static each => !each.IsRead).ToArray();
            SimViolation.If(
                increments.Select(static each => each.Value).Distinct().Count() != increments.Length,
                $"two increments of incarnation {incarnation} gave the same number");
            SimViolation.If(
                Last >= 0 && Last < increments.Length,
                $"{increments.Length} increments of {incarnation} were acknowledged, but the number is {Last}");
            long most = Done.Select(static each => each.Value).Append(Last).Max();
            SimViolation.If(
                most > increments.Length + Unknown,
                $"the number of incarnation {incarnation} was {most}, but only {increments.Length} increments were acknowledged, and {Unknown} may be done");
            long largest = 0;
            int ended = 0;
            var byEnd = Done.OrderBy(static each => each.Ended).ToArray();
            foreach (var each in Done.OrderBy(static each => each.Begun))
            {
                for (; ended < byEnd.Length && byEnd[ended].Ended < each.Begun; ended++)
                {
                    largest = Math.Max(largest, byEnd[ended].Value);
                }

                SimViolation.If(
                    each.Value < largest + (each.IsRead ? 0 : 1),
                    $"incarnation {incarnation}: {(each.IsRead ? "a read" : "an increment")} gave {each.Value} although {largest} had been told before");
            }
        }
    }
}
