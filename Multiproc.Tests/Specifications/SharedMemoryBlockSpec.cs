using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What named blocks do, wherever their other user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class SharedMemoryBlockSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Block_ByNameOrAsArgument_IsTheSameBytes()
    {
        // SM-01, SM-02, SM-03, SM-11, SM-13
        string name = "test_" + Guid.NewGuid().ToString("N");
        using var block = new SharedMemoryBlock("/" + name, create: true, size: 512);
        block.Name.ShouldBe(name);
        block.Size.ShouldBe(512);
        block.Buf.Length.ShouldBe(512);
        block.Buf.IndexOfAnyExcept((byte)0).ShouldBe(-1);
        block.ToString().ShouldBe($"SharedMemoryBlock('{name}', 512 bytes)");
        block.Buf[0] = 42;
        _host.Run(() =>
        {
            using var byName = new SharedMemoryBlock(name, create: false, size: 99);
            byName.Size.ShouldBe(512);
            byName.Buf[0].ShouldBe((byte)42);
            byName.Buf[1] = 43;
            block.Buf[2] = 44;
            block.Memory.Span[3] = 45;
            block.Slice(4, 2).Fill(46);
        });
        block.Buf[..6].ToArray().ShouldBe([42, 43, 44, 45, 46, 46]);
    }

    [Fact]
    public void Unlink_ByTheUser_TakesTheNameAndLeavesTheBytes()
    {
        // SM-08, SM-09, SM-12
        using var block = SharedMemoryBlock.Create(64);
        using var queue = Mp.Queue<SharedMemoryBlock>();
        queue.Put(block);
        string name = block.Name;
        _host.Run(() =>
        {
            using var other = SharedMemoryBlock.Attach(name);
            other.Unlink();
            other.Buf[0] = 1;
            Should.Throw<FileNotFoundException>(other.Unlink).Message.ShouldContain(name);
        });
        block.Buf[0].ShouldBe((byte)1);
        Should.Throw<FileNotFoundException>(block.Unlink);
        Should.Throw<FileNotFoundException>(() => SharedMemoryBlock.Attach(name));
        Should.Throw<FileNotFoundException>(() => queue.Get());
    }

    [Fact]
    public void Close_ByTheUser_EndsItsBufferAlone()
    {
        // SM-14, SM-15, SM-17
        using var block = SharedMemoryBlock.Create(64);
        string name = block.Name;
        _host.Run(() =>
        {
            var other = SharedMemoryBlock.Attach(name);
            var memory = other.Memory;
            var late = other.Buf;
            other.Close();
            other.Close();
            Should.Throw<ObjectDisposedException>(() => other.Buf[0]);
            Should.Throw<ObjectDisposedException>(() => other.Slice(0, 1)[0]);
            Should.Throw<ObjectDisposedException>(() => memory.Span[0]);
            late[0] = 9;
        });
        block.Buf[0].ShouldBe((byte)0, "what is written after the end reaches nobody");
        SharedMemoryBlock.Attach(name).Dispose();
    }

    [Fact]
    public void List_ChangedByTheUser_IsSeenHere()
    {
        // SL-09
        using var list = new ShareableList(["howdy", 1L, null, 2.5, false, new byte[] { 1, 0, 0 }]);
        using var queue = Mp.Queue<ShareableList>();
        queue.Put(list);
        _host.Run(() =>
        {
            using var received = queue.Get(InChild.Bound);
            received.Name.ShouldBe(list.Name);
            received.ShouldBe(["howdy", 1L, null, 2.5, false, new byte[] { 1, 0, 0 }]);
            list[0] = "12345678";
            received[^1] = new byte[] { 0, 0 };
            received[2] = true;
        });
        list.ShouldBe(["12345678", 1L, true, 2.5, false, new byte[] { 0, 0 }]);
        queue.Put(list);
        list.Block.Unlink();
        Should.Throw<FileNotFoundException>(() => queue.Get());
    }
}

public sealed class SharedMemoryBlockInProcess : SharedMemoryBlockSpec<InProcessHost>;

public sealed class SharedMemoryBlockInChild : SharedMemoryBlockSpec<ChildHost>;
