using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// Increments and reads of one number in a dictionary. Increments tell the number after them, so the order in which they were done is known, and every
/// operation must fit into it: each increment once, reads neither older nor newer than what was going on while they ran.
/// </summary>
internal sealed class CounterWorkload() : SimWorkload(DictionaryType.Instance)
{
    private static readonly Payload s_key = new(new byte[] { 2, 7 });

    private readonly List<(long Begun, long Ended, long Value, bool IsRead)> _done = [];
    private int _unknown;
    private long _last = -1;

    public override void Check()
    {
        var increments = _done.Where(static each => !each.IsRead).ToArray();
        SimViolation.If(
            increments.Select(static each => each.Value).Distinct().Count() != increments.Length,
            "two increments gave the same number: one was lost");
        SimViolation.If(_last < increments.Length, $"{increments.Length} increments were acknowledged, but the number is {_last}");
        SimViolation.If(
            _last > increments.Length + _unknown,
            $"the number is {_last}, but only {increments.Length} increments were acknowledged and {_unknown} may have been done: one was done twice");

        // In the order of their beginnings, each must be beyond the largest number that was told before it began.
        var byEnd = _done.OrderBy(static each => each.Ended).ToArray();
        int ended = 0;
        long largest = 0;
        foreach (var each in _done.OrderBy(static each => each.Begun))
        {
            for (; ended < byEnd.Length && byEnd[ended].Ended < each.Begun; ended++)
            {
                largest = Math.Max(largest, byEnd[ended].Value);
            }

            SimViolation.If(
                each.Value < largest + (each.IsRead ? 0 : 1),
                $"{(each.IsRead ? "a read" : "an increment")} gave {each.Value} although {largest} had been told before it began");
        }
    }

    protected override void Act(Client client, Action next)
    {
        long begun = World.Now;
        bool isRead = World.Chance(0.5);
        _unknown += isRead ? 0 : 1;
        Ask(client, isRead, value =>
        {
            _unknown -= isRead ? 0 : 1;
            _done.Add((begun, World.Now, value, isRead));
            next();
        });
    }

    protected override void Drain(Client client, Action done) => Ask(client, isRead: true, value =>
    {
        _last = value;
        done();
    });

    private static void Ask(Client client, bool isRead, Action<long> told) => client.Node.Call(
        client.Process,
        isRead ? new DictionaryCommand.Get(s_key) : new DictionaryCommand.Increment([(s_key, 1)]),
        isRead,
        reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, $"an operation ended with {reply.Status}: {reply.Reason}");
            told(!isRead ? reply.Number : reply.Number < 0 ? 0 : Read(reply.Value));
        });

    private static long Read(Payload value) =>
        PackedNumber.TryRead(value, out long number) ? number : throw new SimViolation("the number is no number any more");
}
