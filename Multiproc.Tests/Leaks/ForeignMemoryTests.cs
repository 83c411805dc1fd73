using System.Runtime.CompilerServices;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>
/// What a process has mapped and opened of another one goes when that one is gone and its objects are not used any more. Each test runs in a process of
/// its own, in which nothing else comes and goes.
/// </summary>
public sealed class ForeignMemoryTests
{
    /// <summary>Each makes an object in the child, which is then sent here, and uses it here.</summary>
    private static readonly Dictionary<string, Func<Sample>> s_kinds = new()
    {
        ["queue"] = static () => new Sample<SharedQueue<int>>(Mp.Queue<int>(), static queue => queue.Put(1)),
        ["bounded queue"] = static () => new Sample<SharedQueue<int>>(Mp.Queue<int>(3), static queue => queue.Put(1)),
        ["queue that is read ahead"] = static () =>
            new Sample<SharedQueue<int>>(Filled(Mp.Queue<int>()), static queue => (queue.Get() + queue.Get() + queue.Get()).ShouldBe(6)),
        ["joinable queue"] = static () => new Sample<SharedJoinableQueue<int>>(Mp.JoinableQueue<int>(), static queue => queue.Put(1)),
        ["simple queue"] = static () => new Sample<SharedSimpleQueue<int>>(Mp.SimpleQueue<int>(), static queue => queue.Put(1)),
        ["lock"] = static () => new Sample<SharedLock>(Mp.Lock(), static gate => gate.Hold().Dispose()),
        ["rlock"] = static () => new Sample<SharedRLock>(Mp.RLock(), static gate => gate.Hold().Dispose()),
        ["read-write lock"] = static () => new Sample<SharedReadWriteLock>(Mp.ReadWriteLock(), static gate => gate.ReadLock().Dispose()),
        ["countdown"] = static () => new Sample<SharedCountdown>(Mp.Countdown(2), static left => left.TryAddCount().ShouldBeTrue()),
        ["semaphore"] = static () => new Sample<SharedSemaphore>(Mp.Semaphore(2), static permits => permits.Acquire().ShouldBeTrue()),
        ["bounded semaphore"] = static () => new Sample<SharedBoundedSemaphore>(Mp.BoundedSemaphore(2), static permits => permits.Acquire().ShouldBeTrue()),
        ["event"] = static () => new Sample<SharedEvent>(Mp.Event(), static done => done.Set()),
        ["condition"] = static () => new Sample<SharedCondition>(Mp.Condition(), static condition =>
        {
            condition.Acquire();
            condition.NotifyAll();
            condition.Release();
        }),
        ["counter"] = static () => new Sample<SharedCounter>(Mp.Counter(), static counter => counter.Increment()),
        ["barrier"] = static () => new Sample<SharedBarrier>(Mp.Barrier(2), static barrier => barrier.Broken.ShouldBeFalse()),
        ["value"] = static () => new Sample<SharedValue<int>>(Mp.Value(1), static value => value.Add(1).ShouldBe(2)),
        ["raw value"] = static () => new Sample<SharedValue<int>>(Mp.RawValue(1), static value => value.Value.ShouldBe(1)),
        ["array"] = static () => new Sample<SharedArray<int>>(Mp.Array([1, 2, 3]), static array => array.ToArray().ShouldBe([1, 2, 3])),
        ["raw array"] = static () => new Sample<SharedArray<int>>(Mp.RawArray([1, 2, 3]), static array => array[2].ShouldBe(3)),
        ["large array"] = static () => new Sample<SharedArray<long>>(Mp.Array<long>(100_000), static array => array.ToArray().Length.ShouldBe(100_000)),
        ["shared memory block"] = static () => new Sample<SharedMemoryBlock>(SharedMemoryBlock.Create(5000), static block => block.Buf[7] = 1),
        ["connection"] = static () => new Sample<Connection>(OneEnd(), static connection => connection.Send(1)),
    };

    private static readonly List<Connection> s_otherEnds = [];

    /// <summary>How often each is used before it is counted.</summary>
    private const int Rounds = 3;

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Owners_KilledOrEndedInPeace_LeaveNoDescriptorAndNoMapping(string kind) => InChild.Run(() =>
    {
        // Of two objects of each owner one facade is disposed of and the other is forgotten: what either of them left would stay mapped.
        string[] two = [kind, kind];
        Use(two, killed: true); // What is opened once per program is open from here on.
        var before = Now();
        foreach (bool killed in new[] { true, false })
        {
            for (int i = 0; i < Rounds; i++)
            {
                Use(two, killed);
            }

            // One more segment of this process's own is no leak: cells that were sent are not used again, so new ones may begin another. A descriptor or
            // mapping of each owner that stayed would be three already.
            AwaitNoMoreThan(before, $"the owners were {(killed ? "killed" : "ended in peace")}", alsoMay: 1);
        }
    });

    [Fact]
    public void Owners_ManyWithObjectsOfAllKinds_LeaveNoDescriptorAndNoMapping() => InChild.Run(static () =>
    {
        string[] all = [.. s_kinds.Keys];
        Use(all, killed: true);
        var before = Now();
        for (int i = 0; i < 10; i++)
        {
            Use(all, killed: i % 3 > 0);
        }

        AwaitNoMoreThan(before, "10 owners are gone", alsoMay: 1); // Of this process's own, as above.
    });

    [Fact]
    public void Objects_ThousandsSentAndDisposed_LeaveNoDescriptorAndNoMapping() => InChild.Run(static () =>
    {
        // A cell that was sent is not used again, so they go through some dozen segments.
        using var objects = Mp.Queue<(SharedEvent Done, SharedLock Gate)?>();
        using var used = Mp.Queue<int>();
        using var user = InChild.Start(() =>
        {
            Dictionary<string, int>? before = null;
            while (objects.Get() is var (done, gate))
            {
                gate.Hold().Dispose();
                done.Set();
                before ??= Now(); // The queue is mapped, and the first segment.
            }

            AwaitNoMoreThan(before!, "a process has used thousands of another one's", alsoMay: 1); // The newest segment.
            used.Put(1);
        });
        SendMany(500);
        var before = Now();
        SendMany(10_000);
        AwaitNoMoreThan(before, "thousands were sent", alsoMay: 1); // The segment that new cells come from.
        objects.Put(null);
        used.Get(InChild.Bound);
        user.Join(InChild.Bound).ShouldBeTrue();

        void SendMany(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var done = Mp.Event();
                using var gate = Mp.Lock();
                objects.Put((done, gate));
                done.Wait(InChild.Bound).ShouldBeTrue($"object {i} is used");
            }
        }
    });

    [Fact]
    public void Facade_DisposedWhileACallOfItWaits_TheCallEndsAndNothingFaults()
    {
        // The wait ends after the facade, its owner and its memory: what it touches then must still be there.
        using var gates = Mp.Queue<(SharedLock Gate, SharedCondition Condition)>();
        using var waited = Mp.Event();
        using var owner = InChild.Start(() =>
        {
            var gate = Mp.Lock();
            gate.Acquire();
            gates.Put((gate, Mp.Condition()));
            Await.Until("both wait", static () => Mp.Inspect().Count(static each => each.Waiters.Count > 0) == 2);
            waited.Set();
            Thread.CurrentThread.Join();
        });
        var (gate, condition) = gates.Get(InChild.Bound);
        var waiters = new List<Task>
        {
            Task.Factory.StartNew(() => gate.Acquire(InChild.Bound), default, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            Task.Factory.StartNew(
                () =>
                {
                    condition.Acquire();
                    condition.Wait(InChild.Bound);
                },
                default,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default),
        };
        waited.Wait(InChild.Bound).ShouldBeTrue("both wait");
        gate.Dispose();
        condition.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        owner.KillAndJoin();
        foreach (var waiter in waiters)
        {
            var failure = Should.Throw<Exception>(() => waiter.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
            (failure is ConnectionLostException or ObjectDisposedException).ShouldBeTrue($"{failure}");
        }
    }

    private static Connection OneEnd()
    {
        var (one, other) = Mp.Pipe();
        s_otherEnds.Add(other);
        return one;
    }

    private static SharedQueue<int> Filled(SharedQueue<int> queue)
    {
        queue.PutMany([1, 2, 3, 4, 5]);
        return queue;
    }

    /// <summary>Every other facade is disposed of, the rest are forgotten. Apart, so that no local of the caller keeps one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(string[] kinds, bool killed)
    {
        using var samples = Mp.Queue<Sample>();
        using var end = Mp.Event();
        using var owner = Mp.Process(MakeAndWait, kinds, samples, end);
        owner.Start();
        for (int i = 0; i < kinds.Length; i++)
        {
            var sample = samples.Get(InChild.Bound);
            sample.Use();

            // A block is bound to no process, and stays mapped until it is closed: spans of it may be in use that no facade knows.
            if (i % 2 == 0 || sample is Sample<SharedMemoryBlock>)
            {
                sample.Dispose();
            }
        }

        if (killed)
        {
            owner.Kill();
        }
        else
        {
            end.Set();
        }

        owner.Join(InChild.Bound).ShouldBeTrue("the owner ends");
    }

    private static void MakeAndWait(string[] kinds, SharedQueue<Sample> samples, SharedEvent end)
    {
        var made = new List<Sample>();
        foreach (string kind in kinds)
        {
            made.Add(s_kinds[kind]());
            samples.Put(made[^1]);
        }

        end.Wait();
        made.ForEach(static sample => sample.End());
    }

    /// <summary>What is open and mapped, each with how often.</summary>
    private static Dictionary<string, int> Now() => Directory.GetFileSystemEntries("/proc/self/fd").Select(static each => Kind(Target(each)))
        .Concat(
            File.ReadLines("/proc/self/maps").Where(static line =>
                line.Contains("memfd:multiproc", StringComparison.Ordinal) || line.Contains("/dev/shm/", StringComparison.Ordinal)).Select(static _ =>
                    "mapping"))
        .Where(static each => !each.EndsWith(".dll", StringComparison.Ordinal)) // The runtime opens one whenever a method first needs it.
        .CountBy(static each => each).ToDictionary();

    /// <summary>Without the number of a socket or pipe.</summary>
    private static string Kind(string target) => target.Split(":[")[0];

    private static void AwaitNoMoreThan(Dictionary<string, int> before, string when, int alsoMay = 0)
    {
        string more = "";
        try
        {
            Await.Until($"no more descriptors and mappings than before when {when}", () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                more = string.Join(
                    ", ",
                    Now()
                        .Select(each => (each.Key, More: each.Value - before.GetValueOrDefault(each.Key)))
                        .Where(each => each.More > alsoMay)
                        .Select(static each => $"{each.Key} {each.More}"));
                return more.Length == 0;
            });
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} There are more of: {more}.", late);
        }
    }

    private static string Target(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.Name ?? "";
        }
        catch (IOException)
        {
            return ""; // Closed since the list was made.
        }
    }

    public abstract class Sample : IDisposable
    {
        public abstract void Use();

        public abstract void Dispose();

        /// <summary>In the process that made it.</summary>
        public abstract void End();
    }

    public sealed class Sample<T>(T made, Action<T> use) : Sample
        where T : IDisposable
    {
        public T Made { get; } = made;

        public Action<T> How { get; } = use;

        public override void Use() => How(Made);

        public override void Dispose() => Made.Dispose();

        public override void End()
        {
            if (Made is SharedMemoryBlock block)
            {
                block.Unlink();
            }

            Made.Dispose();
        }
    }
}
