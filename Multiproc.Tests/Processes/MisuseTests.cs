using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What a process is asked for in vain, or out of place, is told at once.</summary>
public sealed class MisuseTests
{
    [Fact]
    public void Subclass_InItsOwnRun_KnowsWhoItIs()
    {
        using var said = Mp.Queue<string>();
        using var process = new Teller(said);
        process.Name = "teller";
        process.Start();
        said.Get(InChild.Bound).ShouldBe($"teller {process.Pid} True  True");
        said.Get(InChild.Bound).ShouldBe("Teller 'teller' started daemon");
        said.Get(InChild.Bound).ShouldBe($"teller is this process itself: only the process that made it ({Environment.ProcessId}) can call Join.");
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void CopyOfAProcess_Elsewhere_NamesItselfAndRefusesTheRest()
    {
        using var other = Mp.Process(static () => { }, name: "other");
        int creator = Environment.ProcessId;
        InChild.Run(() =>
        {
            other.Name.ShouldBe("other");
            Action[] calls = [() => _ = other.ExitCode, () => _ = other.IsAlive, () => _ = other.Exited, () => _ = other.Options, () => other.Start()];
            foreach (var call in calls)
            {
                Should.Throw<InvalidOperationException>(call).Message.ShouldStartWith($"other was made by process {creator}: only that process can call ");
            }

            other.ToString().ShouldBe($"ChildProcess 'other' of process {creator}");
        });
    }

    [Fact]
    public void Start_InAFolderThatIsMissing_FailsHereAndMayBeRepeated()
    {
        string folder = Path.Combine(Mp.GetTempDir(), "later");
        using var process = Mp.Process(static () => { }, options: new ProcessOptions { WorkingDirectory = folder });
        Should.Throw<ProcessStartException>(process.Start).Message.ShouldContain($"cannot work in {folder}: there is no such folder");
        Directory.CreateDirectory(folder);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a=b", "x")]
    [InlineData("a\0", "x")]
    [InlineData("a", "x\0y")]
    public void Environment_WithWhatTheSystemCannotHave_IsRefused(string name, string value) => Should.Throw<ArgumentException>(
        () => Mp.Process(static () => { }, options: new ProcessOptions { Environment = new Dictionary<string, string?> { [name] = value } }))
        .Message.ShouldStartWith($"The environment cannot have a variable '{name}'");

    [Fact]
    public void ClosedProcess_Asked_IsNamed()
    {
        var process = Mp.Process(static () => { }, name: "brief");
        process.Close();
        Should.Throw<ObjectDisposedException>(() => process.ExitCode).Message.ShouldStartWith("brief was closed");
    }

    [Fact]
    public void DisposedObject_Used_IsNamed()
    {
        var queue = Mp.Queue<int>();
        string identity = queue.ToString();
        queue.Dispose();
        var failure = Should.Throw<ObjectDisposedException>(() => queue.Put(1));
        failure.Message.ShouldStartWith("It was disposed in this process");
        failure.ObjectName.ShouldBe(identity.Replace("<Int32>", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Pool_OfMoreWorkersThanAMachineBears_IsRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(int.MaxValue)).Message.ShouldStartWith("A pool has at most 4096 worker processes");
        using var pool = Mp.Pool(1);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Resize(4097)).ParamName.ShouldBe("processes");
        pool.Apply(static x => x + 1, 1).ShouldBe(2);
    }

    [Fact]
    public void ArraySlice_Outside_NamesTheArray()
    {
        using var array = Mp.Array<int>(3);
        Should.Throw<ArgumentException>(() => array.SetSlice(1..9, [1])).Message.ShouldContain("do not fit SharedArray<Int32>[3]");
        array.GetSlice(2..1).ShouldBeEmpty("slices are cut as in Python");
        array.GetSlice(3..3).ShouldBeEmpty();
    }

    private sealed class Teller(SharedQueue<string> said) : ChildProcess(daemon: true)
    {
        protected override void Run()
        {
            said.Put($"{Name} {Pid} {IsAlive} {ExitCode} {Daemon}");
            said.Put(ToString());
            try
            {
                Join();
            }
            catch (InvalidOperationException refused)
            {
                said.Put(refused.Message);
            }
        }
    }
}
