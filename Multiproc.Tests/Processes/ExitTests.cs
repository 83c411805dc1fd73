using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What a child's end says, and writes. Numbers are those of the conformance list.</summary>
public sealed class ExitTests
{
    private static readonly ProcessOptions s_keepStderr = new() { KeepStderr = true };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(42, 42)]
    [InlineData(-1, 255)]
    [InlineData(256, 0)]
    public void SystemExit_WithACode_IsTheExitCode(int code, int seen)
    {
        // X-05
        foreach (var method in new[] { StartMethod.ForkServer, StartMethod.InProcess })
        {
            using var process = Mp.GetContext(method).Process(static code => throw new SystemExitException(code), code, options: s_keepStderr);
            process.Start();
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(seen);
            process.StderrTail().ShouldBeEmpty();
        }
    }

    [Fact]
    public void SystemExit_WithoutAnything_IsZero()
    {
        // X-05
        using var process = End(static () => throw new SystemExitException());
        process.ExitCode.ShouldBe(0);
        process.StderrTail().ShouldBeEmpty();
    }

    [Fact]
    public void SystemExit_WithText_WritesItAndIsOne()
    {
        // X-06
        using var process = End(static () => throw new SystemExitException("there is no ground under this process"));
        process.ExitCode.ShouldBe(1);
        process.StderrTail().ShouldBe("there is no ground under this process\n");
    }

    [Fact]
    public void SystemExit_RunsFinallyBlocks_EnvironmentExitDoesNot()
    {
        using var seen = Mp.Queue<string>();
        using var left = Mp.Process(static queue => LeaveFrom(queue, static () => throw new SystemExitException(3)), seen);
        using var ended = Mp.Process(static queue => LeaveFrom(queue, static () => Environment.Exit(4)), seen);
        left.Start();
        ended.Start();
        left.Join(InChild.Bound).ShouldBeTrue();
        ended.Join(InChild.Bound).ShouldBeTrue();
        (left.ExitCode, ended.ExitCode).ShouldBe((3, 4));
        seen.GetNowait().ShouldBe("finally");
        seen.Empty().ShouldBeTrue();
    }

    [Fact]
    public async Task SystemExit_OfAnAsyncTarget_IsTheExitCode()
    {
        using var process = Mp.Process(LeaveLater);
        process.Start();
        (await process.JoinAsync(InChild.Bound)).ShouldBeTrue();
        process.ExitCode.ShouldBe(5);
    }

    [Fact]
    public void UnhandledException_WritesNameAndWholeStack()
    {
        // X-07
        using var process = Mp.Process(Fail, name: "the unlucky one", options: s_keepStderr);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(1);
        string said = process.StderrTail();
        said.ShouldStartWith("Process the unlucky one:\n");
        said.ShouldContain("System.InvalidOperationException: this exception belongs to a test");
        said.ShouldContain("ExitTests.FailDeeper()");
        said.ShouldContain("ExitTests.Fail()");
        said.ShouldMatch(@"ExitTests\.cs:line \d+", "the source line, from the symbols of the build");
    }

    [Theory]
    [InlineData("return")]
    [InlineData("throw")]
    [InlineData("exit")]
    public void BufferedStreams_AreFlushedAtTheEnd(string way)
    {
        // X-08
        using var process = Mp.Process(
            static way =>
            {
                Console.SetOut(new StreamWriter(Console.OpenStandardError(), bufferSize: 4096) { AutoFlush = false });
                Console.SetError(new StreamWriter(Console.OpenStandardError(), bufferSize: 4096) { AutoFlush = false });
                Console.Write("left in the buffer of stdout;");
                Console.Error.Write("left in the buffer of stderr;");
                Leave(way);
            },
            way,
            options: s_keepStderr);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.StderrTail().ShouldContain("left in the buffer of stdout;");
        process.StderrTail().ShouldContain("left in the buffer of stderr;");
    }

    private static ChildProcess End(Action target)
    {
        var process = Mp.Process(target, options: s_keepStderr);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        return process;
    }

    private static void LeaveFrom(SharedQueue<string> queue, Action leave)
    {
        try
        {
            leave();
        }
        finally
        {
            queue.Put("finally");
        }
    }

    private static async Task LeaveLater()
    {
        await Task.Yield();
        throw new SystemExitException(5);
    }

    private static void Leave(string way)
    {
        switch (way)
        {
            case "throw":
                throw new InvalidOperationException("this exception belongs to a test");
            case "exit":
                Environment.Exit(0);
                break;
        }
    }

    private static void Fail() => FailDeeper();

    private static void FailDeeper() => throw new InvalidOperationException("this exception belongs to a test");
}
