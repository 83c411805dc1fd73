using System.Runtime.InteropServices;

namespace Multiproc.Tests.Serialization;

public sealed class UnsendableTests
{
    private const string Me = "Multiproc.Tests.Serialization.UnsendableTests";

    private sealed class Job
    {
        public object? Payload { get; init; }

        public Dictionary<string, object?[]> Parts { get; } = [];
    }

    private sealed record Row(CancellationToken Stop);

    private sealed unsafe class Native
    {
        public int* Cells = (int*)64;
    }

    private sealed unsafe class Callback
    {
        public delegate*<int, void> Called = &Ignore;

        private static void Ignore(int number)
        {
        }
    }

    public static TheoryData<object, string> Refused => new()
    {
        { Stream.Null, "is a System.IO.Stream.NullStream" },
        { TextWriter.Null, "is a System.IO.TextWriter.NullTextWriter" },
        { Thread.CurrentThread, "is a System.Threading.Thread" },
        {
            new Task(() => { }),
            "is a System.Threading.Tasks.Task: send its result when it is there (a function of a pool gives the result itself: wait for the task in it)"
        },
        { new ManualResetEvent(false), "is a System.Threading.ManualResetEvent" },
        { new CancellationTokenSource(), "is a System.Threading.CancellationTokenSource" },
        {
            CancellationToken.None,
            "is a System.Threading.CancellationToken: let the target take a CancellationToken of its own, which is cancelled with the process"
        },
        { typeof(object).Assembly, "is a System.Reflection.RuntimeAssembly" },
        {
            new WeakReference(""),
            "is a System.WeakReference, whose state is internal to .NET: send the data in a record of your own, or make it in the other process"
        },
        {
            new System.Timers.Timer(),
            "is a System.Timers.Timer, whose state is internal to .NET: send the data in a record of your own, or make it in the other process"
        },
        { new Microsoft.Win32.SafeHandles.SafeFileHandle(), "is a Microsoft.Win32.SafeHandles.SafeFileHandle" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Refusal_AtEveryDepth_NamesThePath(object value, string fault)
    {
        string type = value.GetType().FullName!.Split('[')[0].Replace('+', '.');
        Wire.RefusalOf(value).ShouldBe($"cannot send {type}: it {fault}");
        Wire.RefusalOf(new object[] { 1, value }).ShouldBe($"cannot send System.Object[]: element 1 {fault}");
        Wire.RefusalOf(new List<object> { value }).ShouldBe($"cannot send System.Collections.Generic.List`1: element 0 {fault}");
        Wire.RefusalOf(new Job { Payload = value }).ShouldBe($"cannot send {Me}.Job: field 'Payload' {fault}");
        var deep = new Job { Parts = { ["x"] = [null, new Job { Payload = value }] } };
        Wire.RefusalOf(deep).ShouldBe($"cannot send {Me}.Job: field 'Parts' → entry 'x' → element 1 → field 'Payload' {fault}");
        Wire.RefusalOf<Func<string?>>(() => value.ToString()).ShouldBe($"cannot send {Me}.<Refusal_AtEveryDepth_NamesThePath> closure: field 'value' {fault}");
    }

    [Fact]
    public void Refusal_OfAFileInAClosure_NamesVariableAndType()
    {
        string path = Path.GetTempFileName();
        using (var log = new FileStream(path, FileMode.Open))
        {
            Wire.RefusalOf<Action>(() => log.Flush()).ShouldBe(
                $"cannot send {Me}.<Refusal_OfAFileInAClosure_NamesVariableAndType> closure: field 'log' is a System.IO.FileStream");
        }

        File.Delete(path);
    }

    [Fact]
    public void Refusal_OfAStruct_IsTheSameOnceItsHolderIsCompiled()
    {
        for (int i = 0; i < 100; i++)
        {
            Wire.RefusalOf(new Row(default)).ShouldStartWith($"cannot send {Me}.Row: field 'Stop' is a System.Threading.CancellationToken");
        }

        Wire.RefusalOf(new List<CancellationToken> { default }).ShouldContain("element 0 is a System.Threading.CancellationToken");
        Wire.RefusalOf<CancellationToken?>(default(CancellationToken)).ShouldContain("is a System.Threading.CancellationToken");
        Wire.RefusalOf(new GCHandle[1]).ShouldContain("element 0 is a System.Runtime.InteropServices.GCHandle");
    }

    [Fact]
    public void Refusal_OfAPointer_IsTheSameHoweverOften()
    {
        for (int i = 0; i < 100; i++)
        {
            Wire.RefusalOf(new Native()).ShouldBe($"cannot send {Me}.Native: field 'Cells' is a System.Int32*, which has a meaning in this process only");
            Wire.RefusalOf(new Callback()).ShouldStartWith($"cannot send {Me}.Callback: field 'Called' is a ");
        }
    }

    [Fact]
    public void Refusal_InTheMiddle_LeavesNothingBehind()
    {
        using var writer = new Multiproc.Serialization.WireWriter();
        writer.Int32(7);
        Should.Throw<SerializationException>(() => Multiproc.Serialization.Serializer.Serialize(writer, new object[] { "long text", Stream.Null }));
        writer.Length.ShouldBe(4);
        object shared = new Job();
        Wire.RoundTrip(new[] { shared, shared })[1].ShouldBeOfType<Job>();
    }
}
