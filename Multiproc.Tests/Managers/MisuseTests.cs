namespace Multiproc.Tests.Managers;

/// <summary>What a manager and its proxies are asked for in vain is told at once, with what to do instead.</summary>
public sealed class MisuseTests
{
    [Fact]
    public void Manager_Captured_IsRefusedByName()
    {
        using var manager = Mp.Manager();
        using var process = Mp.Process(() => Console.WriteLine(manager));
        Should.Throw<SerializationException>(process.Start).Message.ShouldEndWith(
            "field 'manager' is a Multiproc.SyncManager, which stays in the process that made it: send the shared objects that it gives, or its address");
    }

    [Fact]
    public void Proxies_AskedForTheImpossible_SayWhatIsWrong()
    {
        using var manager = Mp.Manager();
        using var list = manager.List<int>();
        Should.Throw<ArgumentOutOfRangeException>(() => list[-1]).Message.ShouldContain("what Python writes as [-1] is [^1]");
        using var names = manager.Namespace();
        names.Set("a", "text");
        names.Set("n", null);
        Should.Throw<InvalidCastException>(() => names.Get<int>("a")).Message.ShouldEndWith("is a System.String, not a System.Int32.");
        Should.Throw<InvalidCastException>(() => names.Get<int>("n")).Message.ShouldEndWith("is null, not a System.Int32.");
        names.Get<string>("n").ShouldBeNull();
        names.Get<int?>("n").ShouldBeNull();
        manager.Shutdown();
        Should.Throw<ObjectDisposedException>(() => manager.List<int>()).ObjectName.ShouldBe(nameof(SyncManager));
    }

    [Fact]
    public void Connect_WhereNobodyListens_SaysSo()
    {
        var address = ManagerAddress.Local(Path.Combine(Mp.GetTempDir(), "none.sock"));
        using var manager = new SyncManager(address, "key"u8.ToArray());
        Should.Throw<ConnectionLostException>(manager.Connect).Message.ShouldStartWith($"SyncManager cannot connect: no manager listens at {address}.");
        Should.Throw<ArgumentException>(() => ManagerAddress.Local("/tmp/" + new string('x', 200))).Message.ShouldContain("too long for a socket");
    }
}
