using System.Net.Sockets;
using Multiproc.Dashboard.Collecting;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Tests.Programs;

/// <summary>The socket by which tools look at a program.</summary>
[Collection(nameof(RealPrograms))]
public sealed class ViewFromOutsideTests
{
    [Fact]
    public async Task Program_WithAPool_IsFoundAndTellsIt()
    {
        using var pool = Mp.Pool(1);
        pool.Name = "seen from outside";
        string address = await OwnSocket();
        var view = await Until.Found("a view", () => ViewClient.LookAsync(address, TestContext.Current.CancellationToken));
        view.Pid.ShouldBe(Environment.ProcessId);
        view.Pools.Single(static each => each.Name == "seen from outside").Workers.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Socket_IsPrivate()
    {
        using var pool = Mp.Pool(1);
        string address = await OwnSocket();
        File.GetUnixFileMode(address).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(address)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Visitor_ThatReadsNothingAndGoes_HurtsNobody()
    {
        using var pool = Mp.Pool(1);
        string address = await OwnSocket();
        for (int i = 0; i < 10; i++)
        {
            using var visitor = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await visitor.ConnectAsync(new UnixDomainSocketEndPoint(address), TestContext.Current.CancellationToken);
            visitor.Send([1, 2, 3]);
        }

        (await Until.Found("a view", () => ViewClient.LookAsync(address, TestContext.Current.CancellationToken))).Pid.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Socket_OfAProgramThatHasEnded_IsNotFound()
    {
        string dead = Path.Combine(Path.GetDirectoryName(await OwnSocketOfAPool())!, $"{int.MaxValue}-0123456789ab-1{ViewListener.Extension}");
        await File.WriteAllTextAsync(dead, "", TestContext.Current.CancellationToken);
        try
        {
            ViewClient.Find().ShouldNotContain(each => each.Address == dead);
        }
        finally
        {
            File.Delete(dead);
        }
    }

    [Fact]
    public async Task Dashboard_OfOtherPrograms_DoesNotShowItself() =>
        (await new OtherPrograms(null).LookAsync(TestContext.Current.CancellationToken)).ShouldNotContain(static each => each.Pid == Environment.ProcessId);

    private static async Task<string> OwnSocketOfAPool()
    {
        using var pool = Mp.Pool(1);
        return await OwnSocket();
    }

    private static Task<string> OwnSocket() => Until.Found(
        "the socket of this program",
        () => Task.FromResult<string?>(ViewClient.Find().FirstOrDefault(static each => each.Pid == Environment.ProcessId).Address));
}
