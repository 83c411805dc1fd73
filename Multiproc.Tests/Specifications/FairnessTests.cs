using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>A waiter is overtaken neither by later callers nor by a holder that wants the object again at once: nobody starves.</summary>
public sealed class FairnessTests
{
    private const int Rounds = 20;

    [Fact]
    public void Lock_HolderWantsItAgainAtOnce_ThoseWhoWaitComeBefore()
    {
        using var gate = Mp.Lock();
        ThoseWhoWaitComeFirst(gate, static gate => gate.Acquire(), static gate => gate.Release());
    }

    [Fact]
    public void RLock_HolderWantsItAgainAtOnce_ThoseWhoWaitComeBefore()
    {
        using var gate = Mp.RLock();
        ThoseWhoWaitComeFirst(gate, static gate => gate.Acquire(), static gate => gate.Release());
    }

    [Fact]
    public void Semaphore_HolderWantsItAgainAtOnce_ThoseWhoWaitComeBefore()
    {
        using var permit = Mp.Semaphore(1);
        ThoseWhoWaitComeFirst(permit, static permit => permit.Acquire(), static permit => permit.Release());
    }

    [Fact]
    public void Condition_ThoseWhoWait_AreNotifiedInTheirOrder()
    {
        using var condition = Mp.Condition();
        using var turns = Mp.Queue<int>();
        var children = Enumerable.Range(1, 3).Select(number =>
        {
            var child = InChild.Start(() =>
            {
                using var _ = condition.Hold();
                turns.Put(0);
                condition.Wait();
                turns.Put(number);
            });
            turns.Get(InChild.Bound).ShouldBe(0);
            condition.Hold().Dispose();
            return child;
        }).ToList();
        for (int number = 1; number <= 3; number++)
        {
            using (condition.Hold())
            {
                condition.Notify();
            }

            turns.Get(InChild.Bound).ShouldBe(number);
        }

        End(children);
    }

    /// <summary>Three processes wait in a known order, round after round, each time while we hold it and then want it again.</summary>
    private static void ThoseWhoWaitComeFirst<T>(T shared, Func<T, bool> acquire, Action<T> release)
        where T : SharedObject
    {
        using var turns = Mp.RawArray<int>(Rounds * 4);
        using var taken = Mp.RawValue(0);
        SharedEvent[] mayWait = [Mp.Event(), Mp.Event(), Mp.Event()];
        var children = Enumerable.Range(0, 3).Select(number =>
            InChild.Start(() => TakeTurns(shared, acquire, release, mayWait[number], turns, taken, number))).ToList();
        for (int round = 0; round < Rounds; round++)
        {
            acquire(shared);
            for (int number = 0; number < 3; number++)
            {
                mayWait[number].Set();
                Await.Until($"{number + 1} wait", () => Mp.Inspect().Single(each => each.Id == shared.Handle.Id).Waiters.Count == number + 1);
            }

            release(shared);
            acquire(shared);
            Note(turns, taken, 3);
            release(shared);
            Await.Until("all have had their turn", () => taken.Value == (round + 1) * 4);
            turns.ToArray()[(round * 4)..((round + 1) * 4)].ShouldBe([0, 1, 2, 3], $"in round {round}");
        }

        End(children);
        Array.ForEach(mayWait, static each => each.Dispose());
    }

    private static void TakeTurns<T>(
        T shared, Func<T, bool> acquire, Action<T> release, SharedEvent mayWait, SharedArray<int> turns, SharedValue<int> taken, int number)
    {
        for (int round = 0; round < Rounds; round++)
        {
            mayWait.Wait(InChild.Bound);
            mayWait.Clear();
            acquire(shared);
            Note(turns, taken, number);
            release(shared);
        }
    }

    /// <summary>
    /// In memory, which who comes next sees at once. The items of a queue are ordered by their arrival: from several processes, not by who put first.
    /// </summary>
    private static void Note(SharedArray<int> turns, SharedValue<int> taken, int number)
    {
        turns[taken.Value] = number;
        taken.Value++;
    }

    private static void End(List<ChildProcess> children)
    {
        foreach (var child in children)
        {
            child.Join(InChild.Bound).ShouldBeTrue("a child has had its turns");
            child.ExitCode.ShouldBe(0);
            child.Dispose();
        }
    }
}
