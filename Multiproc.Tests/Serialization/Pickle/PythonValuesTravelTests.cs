using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>What came from Python goes on to other .NET processes in our own format.</summary>
public sealed class PythonValuesTravelTests
{
    [Fact]
    public void Value_ReadFromAPickle_TravelsInOurOwnFormat()
    {
        const string Pickle = "}(K\u0001](K\u0001\u008c\u0001ae(K\u0001K\u0002tC\u0001\u0007K\u0008(K\u0005\u0091K\u0003\u008f"
            + "(K\u0001\u0090(K\u0007\u0091cbuiltins\nValueError\nVx\n\u0085Ru.";
        object? came = Assembled.Read(Pickle);
        _ = new HashSet<object?>(((Dictionary<object, object?>)came!).Keys, PythonEquality.Instance);

        object? arrived = Serializer.Unpack<object?>(Serializer.Pack(came));

        var dictionary = arrived.ShouldBeOfType<Dictionary<object, object?>>();
        SameValue.Are(dictionary, came).ShouldBeTrue();
        dictionary[1.0].ShouldBeOfType<List<object?>>();
        dictionary[new PyTuple(1L, 2.0)].ShouldBeOfType<byte[]>();
        dictionary[8].ShouldBeOfType<PyFrozenSet>().Contains(5.0).ShouldBeTrue();
        dictionary[3].ShouldBeOfType<HashSet<object?>>().Contains(true).ShouldBeTrue();
        dictionary[new PyFrozenSet([7L])].ShouldBeOfType<PythonException>().Message.ShouldBe("ValueError: x");
    }
}
