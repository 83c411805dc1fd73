using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What the log says of threads that wait for each other, without being asked.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class DeadlockLogTests : IDisposable
{
    public void Dispose() => ProcessLog.Current.Reset();

    [Fact]
    public void Deadlock_OfTwoProcesses_IsOneWarningWithProcessesAndPlaces()
    {
        var memory = Memory.OfTheLog();
        using var first = Mp.Lock();
        using var second = Mp.RLock();
        using var meeting = Mp.Barrier(2);
        using var child = InChild.Start(() => TakeBoth(second, first, meeting));
        var here = OwnThread.Run(() => TakeBoth(first, second, meeting));
        memory.Await(1);
        string text = memory.Warnings[0];
        text.ShouldStartWith("Deadlock: process ");
        text.ShouldContain($"process {child.Pid}, thread ");
        text.ShouldContain($"process {Environment.ProcessId}, thread ");
        text.Split($"{nameof(DeadlockLogTests)}.{nameof(TakeBoth)}").Length.ShouldBe(3, "each of the two says where it waits");
        using var third = Mp.Lock();
        using var fourth = Mp.Lock();
        using var other = InChild.Start(() => TakeBoth(fourth, third, meeting));
        var alsoHere = OwnThread.Run(() => TakeBoth(third, fourth, meeting));
        memory.Await(2);
        memory.Warnings[1].ShouldContain($"process {other.Pid}, thread ", customMessage: "the first one, which still stands, is not told again");
        child.KillAndJoin();
        other.KillAndJoin();
        Task.WaitAll([here, alsoHere], InChild.Bound).ShouldBeTrue("the deaths have ended both");
    }

    [Fact]
    public void Deadlock_OfLocksOfAManager_IsAWarningToo()
    {
        var memory = Memory.OfTheLog();
        using var manager = Mp.Manager();
        var gate = manager.Lock();
        using var child = InChild.Start(() =>
        {
            gate.Acquire();
            gate.Acquire();
        });
        memory.Await(1);
        memory.Warnings[0].ShouldContain($"held by process {child.Pid}, thread ");
        child.KillAndJoin();
    }

    private static void TakeBoth(SharedLockBase mine, SharedLockBase other, SharedBarrier meeting)
    {
        mine.Acquire();
        meeting.Wait(InChild.Bound);
        other.Acquire();
    }

    private sealed class Memory : ILogger
    {
        private readonly Lock _gate = new();
        private readonly List<string> _warnings = [];

        public string[] Warnings
        {
            get
            {
                lock (_gate)
                {
                    return [.. _warnings];
                }
            }
        }

        public static Memory OfTheLog()
        {
            var memory = new Memory();
            Mp.LogTo(memory);
            return memory;
        }

        /// <summary>A method of its own: what a test sends to a child must not capture this.</summary>
        public void Await(int count) => TestKit.Await.Until($"{count} warnings have come", () => Warnings.Length == count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning && formatter(state, exception) is var text && text.StartsWith("Deadlock", StringComparison.Ordinal))
            {
                lock (_gate)
                {
                    _warnings.Add(text);
                }
            }
        }
    }
}
