using System.Runtime.CompilerServices;
using Multiproc.TestKit;

namespace Multiproc.Tests.Python;

/// <summary>How long a server for Python programs serves.</summary>
public sealed class ServerLifetimeTests
{
    private static readonly byte[] s_key = [1, 2, 3];

    [Fact]
    public void Server_NobodyRefersToIt_ServesOn()
    {
        using var manager = new SyncManager { ReferenceLease = TimeSpan.FromMilliseconds(200) };
        manager.Start();
        string address = ServeAndForget(manager);
        Forget(manager);
        Await.Until("what nobody refers to is gone", () => Collected() && manager.DebugInfo().All(static each => each.Kind != "dictionary"));
        using var client = PythonManager.Connect(address, s_key);
        using var list = client.List<int>();
        list.Count.ShouldBe(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string ServeAndForget(SyncManager manager) => manager.ServePython(null, s_key).Address;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(SyncManager manager) => manager.Dictionary<int, int>()[1] = 1;

    private static bool Collected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return true;
    }
}
