using System.Runtime.InteropServices;

namespace Multiproc.Tests.Pool;

/// <summary>How a worker ends.</summary>
public enum Crash
{
    Exit,
    Exception,
    BadPointer,
    Kill,
}

/// <summary>When it ends.</summary>
public enum Moment
{
    ReadingTheArgument,
    DuringTheCall,
    WritingTheResult,
    Idle,
}

/// <summary>Every way to end in every moment, through every kind of call: an error of that task, never a hang, and the pool lives on.</summary>
public sealed class CrashMatrixTests : IDisposable
{
    private readonly ProcessPool _pool = Mp.Pool(1);
    private readonly SharedEvent _idle = Mp.Event();

    public static TheoryData<Crash, Moment> Cases
    {
        get
        {
            var cases = new TheoryData<Crash, Moment>();
            foreach (var crash in Enum.GetValues<Crash>())
            {
                foreach (var moment in Enum.GetValues<Moment>())
                {
                    cases.Add(crash, moment);
                }
            }

            return cases;
        }
    }

    public void Dispose()
    {
        _pool.Dispose();
        _idle.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_EndsWithTheExpectedError(Crash crash, Moment moment)
    {
        // PL-35, PL-27, PL-06
        Expect(crash, moment, task: 0, Bounded.Run("Apply", () => FailureOf(() => _pool.Apply(Work, new Input(crash, moment, _idle)))));
        LivesOn(moment);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Map_EndsWithTheExpectedError(Crash crash, Moment moment)
    {
        using var ran = Mp.Value(0);
        var inputs = Enumerable.Range(0, 6).Select(i => new Input(crash, i == 2 ? moment : null, _idle)).ToList();
        Expect(crash, moment, task: 2, Bounded.Run("Map", () => FailureOf(() => Count(_pool, ran, inputs))));
        ran.Value.ShouldBeGreaterThanOrEqualTo(5, "all other tasks are done");
        LivesOn(moment);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Imap_EndsWithTheExpectedError(Crash crash, Moment moment)
    {
        using var results = _pool.Imap(Work, Enumerable.Range(0, 4).Select(i => new Input(crash, i == 1 ? moment : null, _idle)));
        results.Next(Bounded.Time);
        Expect(crash, moment, task: 1, FailureOf(() => results.Next(Bounded.Time)));
        results.Next(Bounded.Time);
        results.Next(Bounded.Time);
        results.MoveNext().ShouldBeFalse();
        LivesOn(moment);
    }

    private static void Count(ProcessPool pool, SharedValue<int> ran, IReadOnlyList<Input> inputs) => pool.Map(
        input =>
        {
            ran.Increment();
            return Work(input);
        },
        inputs, chunkSize: 3);

    private static void Expect(Crash crash, Moment moment, int task, Exception? failure)
    {
        if (moment == Moment.Idle)
        {
            failure.ShouldBeNull();
        }
        else if (crash != Crash.Exception)
        {
            var death = failure.ShouldBeOfType<WorkerDiedException>();
            death.ExitCode.ShouldBeOneOf(crash switch
            {
                Crash.Exit => [7],
                Crash.Kill => [-9],
                _ => new[] { -6, -11 },
            });
            death.Signal.ShouldBe(death.ExitCode < 0 ? -death.ExitCode : null);
            death.TaskIndex.ShouldBe(task);
            death.Pid.ShouldBeGreaterThan(0);
            death.Argument.ShouldStartWith($"{crash} {moment}");
            death.OutOfMemory.ShouldBeFalse();
        }
        else
        {
            failure.ShouldBeOfType(moment == Moment.ReadingTheArgument ? typeof(SerializationException) : typeof(NotSupportedException));
            failure.ToString().ShouldContain("on purpose");
        }
    }

    /// <summary>The worker that is to end while it is idle does so now; the next call is right.</summary>
    private void LivesOn(Moment moment)
    {
        if (moment == Moment.Idle)
        {
            int pid = Bounded.Run("the pid", () => _pool.Apply(static () => Environment.ProcessId));
            _idle.Set();
            TestKit.Await.Until("the idle worker has ended", () => !_pool.WorkerPids.Contains(pid));
        }

        _pool.MapWithin(static x => x + 1, [1, 2]).ShouldBe([2, 3]);
    }

    private static Exception? FailureOf(Action call)
    {
        try
        {
            call();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private static Output Work(Input input)
    {
        switch (input.Moment)
        {
            case Moment.DuringTheCall:
                input.Crash.Do();
                break;
            case Moment.Idle:
                new Thread(() => input.CrashWhenIdle()) { IsBackground = true }.Start();
                break;
        }

        return new Output(input.Moment == Moment.WritingTheResult ? new DeadlyToWrite(input.Crash) : null);
    }

    /// <summary>Reading a dictionary asks its keys for their hash code.</summary>
    private sealed class Input(Crash crash, Moment? moment, SharedEvent idle)
    {
        private readonly Dictionary<Key, int> _keys = moment == Pool.Moment.ReadingTheArgument ? new() { [new Key(crash, Environment.ProcessId)] = 1 } : [];

        public Crash Crash { get; } = crash;

        public Moment? Moment { get; } = moment;

        public void CrashWhenIdle()
        {
            idle.Wait();
            Crash.Do();
        }

        public override string ToString() => $"{Crash} {Moment} {_keys.Count}";
    }

    private sealed record Output(Exception? Deadly);

    private sealed class Key(Crash crash, int node)
    {
        public override int GetHashCode()
        {
            if (Environment.ProcessId != node)
            {
                crash.Do();
            }

            return 1;
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);
    }

    /// <summary>Writing an exception asks it for its stack trace.</summary>
    private sealed class DeadlyToWrite(Crash crash) : Exception
    {
        public override string? StackTrace
        {
            get
            {
                crash.Do();
                return null;
            }
        }
    }
}

internal static class Crashes
{
    public static void Do(this Crash crash)
    {
        switch (crash)
        {
            case Crash.Exit:
                Environment.Exit(7);
                break;
            case Crash.Exception:
                throw new NotSupportedException("this happens on purpose");
            case Crash.BadPointer:
                Marshal.WriteInt64(unchecked((nint)0x00007ABC_DEADB000), 1);
                break;
            case Crash.Kill:
                using (var self = System.Diagnostics.Process.GetCurrentProcess())
                {
                    self.Kill();
                }

                Thread.CurrentThread.Join();
                break;
        }
    }
}
