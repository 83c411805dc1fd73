// After "Namespace objects" in the documentation of Python's multiprocessing:
//     >>> Global = manager.Namespace()
//     >>> Global.x = 10
//     >>> Global.y = 'hello'
//     >>> Global._z = 12.3    # this is an attribute of the proxy
//     >>> print(Global)
//     Namespace(x=10, y='hello')
using Multiproc;

namespace Tour.Managers;

[Part(4, "A namespace, and names that begin with an underscore")]
internal static class Namespaces
{
    public static void Run()
    {
        using var manager = Mp.Manager();
        dynamic shared = manager.Namespace();
        shared.x = 10;
        shared.y = "hello";
        shared._z = 12.3; // An attribute of this proxy only.
        Console.WriteLine(shared);

        using var process = Mp.Process(Change, (NamespaceProxy)shared);
        process.Start();
        process.Join();
        Console.WriteLine($"x is {shared.x}, _z is {FormattableString.Invariant($"{shared._z}")}");
    }

    private static void Change(NamespaceProxy proxy)
    {
        dynamic shared = proxy;
        shared.x += 1;
        try
        {
            _ = shared._z;
        }
        catch (MissingMemberException missing)
        {
            shared.y = missing.Message;
        }

        Console.WriteLine(shared.y);
    }
}
