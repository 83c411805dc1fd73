using System.Reflection;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Contexts side by side, and what using the library takes. Numbers are those of the conformance list.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class ContextMixTests
{
    public static TheoryData<StartMethod, StartMethod> Pairs() => new(
        from maker in Mp.GetAllStartMethods()
        from user in Mp.GetAllStartMethods()
        select (maker, user));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ObjectsOfOneContext_WorkInProcessesOfAnother(StartMethod maker, StartMethod user)
    {
        // CTX-11: no two of our methods are incompatible, so none is refused.
        var context = Mp.GetContext(maker);
        using var queue = context.Queue<int>();
        using var gate = context.Lock();
        using var number = context.Value(20);
        using var process = Mp.GetContext(user).Process(
            static (queue, gate, number) =>
            {
                using var held = gate.Hold();
                queue.Put((int)number.Add(1));
            }, queue, gate, number);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        number.Value.ShouldBe(21);
        queue.Get(InChild.Bound).ShouldBeInRange(20, 21);
    }

    [Fact]
    public void Preload_SaysNothing_AndIsThereOnce()
    {
        // CTX-10
        using var seen = Mp.Queue<string>();
        using var program = Mp.Process(
            static queue =>
            {
                Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 1, Preload = ["System.Xml.XDocument"], WarmUp = Greet } });
                Multiproc.Processes.Warm.WarmHosts.Current.Refill();
                for (int i = 0; i < 2; i++)
                {
                    TestKit.Await.Until("a warm process is ready", () => Multiproc.Processes.Warm.WarmHosts.Current.Ready == 1);
                    using var process = Mp.GetContext(StartMethod.ForkServer).Process(
                        static queue =>
                            queue.Put($"{AppDomain.CurrentDomain.GetAssemblies().Count(static each => each.GetName().Name == "System.Xml.XDocument")}"), queue);
                    process.Start();
                    process.Join();
                    queue.Put(process.StderrTail());
                }
            }, seen);
        program.Start();
        program.Join(InChild.Bound).ShouldBeTrue();
        for (int i = 0; i < 2; i++)
        {
            seen.GetNowait().ShouldBe("1");
            seen.GetNowait().ShouldBe("warmed up;", "once in each host, and nothing else");
        }
    }

    [Fact]
    public void Loading_RunsNothing()
    {
        var of = typeof(Mp);

        // CTX-20: no initializer of the assembly, so nothing that could fail where the program's path, or anything else, is unknown.
        of.Assembly.GetTypes().SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(static method => method.IsDefined(typeof(System.Runtime.CompilerServices.ModuleInitializerAttribute)))
            .ShouldBeEmpty();
        of.Assembly.ManifestModule.GetType("<Module>")?.TypeInitializer.ShouldBeNull();
    }

    [Theory]
    [InlineData(typeof(BufferTooShortException))]
    [InlineData(typeof(AuthenticationException))]
    [InlineData(typeof(ProcessStartException))]
    [InlineData(typeof(WorkerDiedException))]
    public void Errors_AreOfOneFamily(Type error) => error.IsAssignableTo(typeof(MultiprocException)).ShouldBeTrue(); // CTX-23

    [Fact]
    // CTX-23, by the contract of the API
    public void TimeoutError_IsNetsOwn() => typeof(MultiprocTimeoutException).IsAssignableTo(typeof(TimeoutException)).ShouldBeTrue();

    private static void Greet() => Console.Error.Write("warmed up;");
}
