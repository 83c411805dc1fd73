using System.Text;
using Multiproc.Processes;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>The names of children in the eyes of the system.</summary>
public sealed class NativeNameTests
{
    [Theory]
    [InlineData("Process-1", "Process-1")]
    [InlineData("exactly15bytes!", "exactly15bytes!")]
    [InlineData("PoolWorker-1234567", "PoolWorke~34567")]
    [InlineData("a/b\nc\u007f", "a_b_c_")]
    [InlineData("ä", "ä")]
    [InlineData("12345678äöü-12345", "12345678~12345")]
    [InlineData("ääääääääääää", "ääää~ää")]
    public void Name_IsShortenedInItsMiddle_ByWholeCharacters(string name, string expected)
    {
        byte[] target = new byte[15];
        int length = NativeName.Shorten(name, target);
        Encoding.UTF8.GetString(target.AsSpan(0, length)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    public void Child_HasItsNameInTheSystem(StartMethod method)
    {
        using var names = Mp.Queue<string>();
        using var child = Mp.GetContext(method).Process(static names => names.Put(File.ReadAllText("/proc/self/comm")), names, name: "Named-child-3");
        child.Start();
        names.Get(InChild.Bound).ShouldBe("Named-child-3\n");
        child.Join();
    }
}
