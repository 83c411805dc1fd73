// After "Customized managers" in the documentation of Python's multiprocessing:
//     class MathsClass:
//         def add(self, x, y): return x + y
//         def mul(self, x, y): return x * y
//     class MyManager(BaseManager): pass
//     MyManager.register('Maths', MathsClass)
//     with MyManager() as manager:
//         maths = manager.Maths()
//         print(maths.add(4, 3))         # prints 7
//         print(maths.mul(7, 8))         # prints 56
using Multiproc;

namespace Tour.Managers;

/// <summary>The interface of clients: exactly these methods can be called.</summary>
public interface IMaths
{
    int Add(int x, int y);

    int Mul(int x, int y);

    IEnumerable<int> Squares(int count);
}

[Part(5, "A custom manager with a Maths class")]
internal static class CustomManager
{
    public static void Run()
    {
        using var manager = new MyManager();
        manager.Start();
        var maths = manager.Create<IMaths>();
        Console.WriteLine(maths.Add(4, 3));
        Console.WriteLine(maths.Mul(7, 8));
        Console.WriteLine(string.Join(' ', maths.Squares(5))); // Produced in the manager while they are read here.

        dynamic loose = manager.Create("Maths"); // As in Python, without an interface: methods are looked up by name.
        Console.WriteLine(loose.Add(1, 2));
        try
        {
            loose.Secret();
        }
        catch (RemoteException refused)
        {
            Console.WriteLine(refused.RemoteMessage);
        }
    }

    private sealed class MyManager : BaseManager<MyManager>
    {
        static MyManager() => Register<IMaths, MathsClass>("Maths");
    }

    private sealed class MathsClass : IMaths
    {
        public int Add(int x, int y) => x + y;

        public int Mul(int x, int y) => x * y;

        public IEnumerable<int> Squares(int count) => Enumerable.Range(0, count).Select(static x => x * x);

        public static string Secret() => "not in the interface";
    }
}
