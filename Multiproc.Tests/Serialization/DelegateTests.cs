using System.Reflection;

namespace Multiproc.Tests.Serialization;

public sealed class DelegateTests
{
    private delegate void Append(List<string> log);

    private sealed class Counter(int start)
    {
        public int Add(int more) => start + more;

        public T Echo<T>(T value) => value;
    }

    private sealed class Holder<T>
    {
        public static string Name<TOther>() => $"{typeof(T).Name} {typeof(TOther).Name}";

        public string Own() => typeof(T).Name;
    }

    private struct Cell
    {
        public int Value;

        public readonly int Get() => Value;
    }

    private sealed class Loop
    {
        public Append? Call { get; set; }

        public void Run(List<string> log) => log.Add(Call is null ? "none" : "some");
    }

    private static int Double(int x) => 2 * x;

    private static T Same<T>(T value) => value;

    [Fact]
    public void Delegate_OfAMethod_CallsIt()
    {
        Wire.RoundTrip<Func<int, int>>(Double)(21).ShouldBe(42);
        Wire.RoundTrip<Func<int, int>>(new Counter(40).Add)(2).ShouldBe(42);
        Wire.RoundTrip<Delegate>(new Func<int, int>(Double)).DynamicInvoke(1).ShouldBe(2);
        Wire.RoundTrip<Func<double, double>>(Math.Sqrt)(9).ShouldBe(3);
        Wire.RoundTrip<Func<string>>("text".ToUpperInvariant)().ShouldBe("TEXT");
        Wire.RoundTrip<Func<int>>(new Cell { Value = 7 }.Get)().ShouldBe(7);
    }

    [Fact]
    public void Delegate_OfAGenericMethod_KeepsItsArguments()
    {
        Wire.RoundTrip<Func<string, string>>(Same)("a").ShouldBe("a");
        Wire.RoundTrip<Func<List<int>, List<int>>>(new Counter(0).Echo)([1]).ShouldBe([1]);
        Wire.RoundTrip<Func<string>>(Holder<int>.Name<string>)().ShouldBe("Int32 String");
        Wire.RoundTrip<Func<string>>(new Holder<Guid>().Own)().ShouldBe("Guid");
    }

    [Fact]
    public void Delegate_OfAnExtensionMethod_KeepsItsReceiver() => Wire.RoundTrip<Func<int>>(new[] { 1, 2, 3 }.Sum)().ShouldBe(6);

    [Fact]
    public void Delegate_Open_TakesItsObjectAsArgument()
    {
        var length = typeof(string).GetProperty(nameof(string.Length))!.GetMethod!.CreateDelegate<Func<string, int>>();
        Wire.RoundTrip(length)("four").ShouldBe(4);
    }

    [Fact]
    public void Lambda_WithoutCaptures_Survives() => Wire.RoundTrip<Func<int, int>>(x => x + 1)(1).ShouldBe(2);

    [Fact]
    public void Closure_CapturedValues_AreCopied()
    {
        int factor = 3;
        var log = new List<string> { "before" };
        Func<int, string> closure = x => $"{log[0]} {factor * x}";
        var copy = Wire.RoundTrip(closure);
        factor = 100;
        log[0] = "after";
        copy(2).ShouldBe("before 6");
    }

    [Fact]
    public void Closures_OverOneVariable_ShareItsCopy()
    {
        int count = 0;
        Action raise = () => count++;
        Func<int> read = () => count;
        var (raiseCopy, readCopy) = Wire.RoundTrip((raise, read));
        raiseCopy();
        raiseCopy();
        readCopy().ShouldBe(2);
        count.ShouldBe(0);
    }

    [Fact]
    public void Closure_ThatCallsItself_Survives()
    {
        Func<int, int> factorial = null!;
        factorial = n => n < 2 ? 1 : n * factorial(n - 1);
        Wire.RoundTrip(factorial)(5).ShouldBe(120);
    }

    [Fact]
    public void Multicast_Targets_AreCalledInOrder()
    {
        string word = "captured";
        Append both = log => log.Add("first");
        both += log => log.Add(word);
        both += log => log.Add("last");
        var heard = new List<string>();
        Wire.RoundTrip(both)(heard);
        heard.ShouldBe(["first", "captured", "last"]);
    }

    [Fact]
    public void Multicast_HeldByItsOwnTarget_IsRefused()
    {
        var loop = new Loop();
        Append both = loop.Run;
        both += loop.Run;
        loop.Call = both;
        Wire.RefusalOf(both).ShouldBe(
            "cannot send Multiproc.Tests.Serialization.DelegateTests.Append: Multiproc.Tests.Serialization.DelegateTests.Loop → field 'Call' "
            + "is the Multiproc.Tests.Serialization.DelegateTests.Append that contains it: such an object is created after its parts, which cannot refer "
                + "back to it");
        Wire.RoundTrip(loop).Call.ShouldNotBeNull();
    }

    [Fact]
    public void Type_AnyForm_Survives()
    {
        Type[] types =
        [
            typeof(int), typeof(string), typeof(List<>), typeof(Dictionary<,>), typeof(List<int[]>), typeof(int[,]), typeof(Holder<(int, string)>),
            typeof(void), typeof(DayOfWeek?), typeof(IDisposable), typeof(Stream), typeof(Span<int>),
        ];
        Wire.RoundTrip(types).ShouldBe(types);
        Wire.RoundTrip<object>(typeof(Loop)).ShouldBe(typeof(Loop));
        Wire.RefusalOf(typeof(int).MakePointerType()).ShouldContain("is a System.Int32*, a type that the other process cannot find");
        Wire.RefusalOf(typeof(int).MakeByRefType()).ShouldContain("is a System.Int32&, a type that the other process cannot find");
        Wire.RefusalOf(typeof(List<>).GetGenericArguments()[0]).ShouldContain("is a T, a type that the other process cannot find");
    }

    [Fact]
    public void Type_NestedBeyondTheLimit_IsRefused()
    {
        var type = typeof(int);
        for (int i = 0; i < 32; i++)
        {
            type = type.MakeArrayType();
        }

        Wire.RoundTrip(type).ShouldBe(type);
        Wire.RefusalOf(type.MakeArrayType()).ShouldEndWith("is of a type nested deeper than 32 levels");
    }

    [Fact]
    public void Method_AsValue_Survives()
    {
        var method = typeof(DelegateTests).GetMethod(nameof(Double), BindingFlags.NonPublic | BindingFlags.Static)!;
        Wire.RoundTrip(method).ShouldBe(method);
        Wire.RoundTrip<MethodBase>(method).ShouldBe(method);
    }
}
