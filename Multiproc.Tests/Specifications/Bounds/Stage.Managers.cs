namespace Multiproc.Tests.Specifications.Bounds;

/// <content>Managers and their objects.</content>
public sealed partial class Stage
{
    private static Subject Dictionary(DictionaryProxy<int, int> proxy) =>
        new(proxy, "a manager's dictionary") { Untouched = () => proxy.GetValue().ShouldBe(new Dictionary<int, int> { [0] = 7 }) };

    private static Subject List(ListProxy<int> proxy) => new(proxy, "a manager's list") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject Set(SetProxy<int> proxy) => new(proxy, "a manager's set") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject Array(ArrayProxy<int> proxy) => new(proxy, "a manager's array") { Untouched = () => proxy.GetValue().ShouldBe([7]) };

    private static Subject ProxyOfValue(ValueProxy<int> proxy) => new(proxy, "a manager's value") { Untouched = () => proxy.Get().ShouldBe(7) };

    private static Subject Namespace(NamespaceProxy proxy) => new(proxy, "a manager's namespace") { Untouched = () => proxy.Get<int>("name").ShouldBe(7) };

    private Subject Custom() => new((Proxy)_custom.Value.Manager.Create("Open"), "an object of a user") { Arguments = { ["name"] = "Twice" } };

    private static Subject Server(bool ready)
    {
        var manager = Mp.Manager();
        if (ready)
        {
            using var server = System.Diagnostics.Process.GetProcessById(manager.Pid);
            server.Kill();
            manager.Join(InChildBound).ShouldBeTrue("a killed server is gone");
        }

        return new Subject(manager, "a manager") { Owned = [manager] };
    }
}
