using System.Runtime.InteropServices;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Programs and children without standard streams, as a service may be started (P-22).</summary>
public sealed partial class ClosedStreamTests
{
    [Theory]
    [InlineData(StartMethod.Spawn, false)]
    [InlineData(StartMethod.Spawn, true)]
    [InlineData(StartMethod.ForkServer, false)]
    public void Parent_WithoutStreams_StartsChildren(StartMethod method, bool keepStderr)
    {
        // P-22: the parent's own files get the numbers 0, 1 and 2 then; its children must not print into them.
        using var seen = Mp.Queue<string>();
        using var parent = Mp.Process(
            static (queue, method, keepStderr) =>
            {
                CloseStreams();
                using var file = File.Create(Path.Combine(Mp.GetTempDir(), "takes a number"));
                for (int i = 0; i < 3; i++)
                {
                    using var child = Mp.GetContext(method).Process(Print, queue, options: new ProcessOptions { KeepStderr = keepStderr });
                    child.Start();
                    child.Join();
                    queue.Put($"{child.ExitCode}");
                }

                queue.Put($"file {file.Length}");
            }, seen, method, keepStderr);
        parent.Start();
        parent.Join(InChild.Bound).ShouldBeTrue();
        parent.ExitCode.ShouldBe(0);

        // Items of several processes come in any order.
        string[] all = [.. Enumerable.Range(0, 7).Select(_ => seen.Get(InChild.Bound)).Order(StringComparer.Ordinal)];
        all.ShouldBe(["0", "0", "0", "file 0", "printed", "printed", "printed"]);
    }

    [Fact]
    public void Parent_WithoutStderr_SeesChildrenFail()
    {
        // P-22: there is nowhere to say why, but the exit codes are right and nobody hangs.
        using var seen = Mp.Queue<int?>();
        using var parent = Mp.Process(
            static queue =>
            {
                CloseStreams();
                Mp.LogToStderr();
                using var child = Mp.Process(static () => throw new InvalidOperationException("this exception belongs to a test"));
                child.Start();
                child.Join();
                queue.Put(child.ExitCode);
            }, seen);
        parent.Start();
        parent.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe(1);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public void Child_WithItsStreamsClosed_HasItsExitCode(bool fail, int exitCode)
    {
        // P-22
        using var process = Mp.Process(
            static fail =>
            {
                Console.Out.Write("");
                Console.Error.Write("");
                CloseStreams();
                if (fail)
                {
                    throw new InvalidOperationException("this exception belongs to a test");
                }
            }, fail);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(exitCode);
    }

    [Fact]
    public void Child_WithAWriterThatIsClosed_HasItsExitCode()
    {
        // P-22
        using var process = Mp.Process(static () =>
        {
            var writer = new StreamWriter(new MemoryStream());
            writer.Write("never flushed");
            Console.SetOut(writer);
            writer.BaseStream.Dispose();
        });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    private static void Print(SharedQueue<string> queue)
    {
        Console.WriteLine("on a stdout that may be none");
        Console.Error.WriteLine("on a stderr that may be none");
        queue.Put("printed");
    }

    private static void CloseStreams()
    {
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            close(descriptor).ShouldBe(0);
        }
    }

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
