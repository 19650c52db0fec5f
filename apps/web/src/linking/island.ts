import { mount, type ComponentProps } from 'svelte';
import Linking from './Linking.svelte';

// The server has rendered the part for reading; here it comes alive with the same props.
const target = document.getElementById('linking');
if (target !== null) {
  const props = JSON.parse(target.dataset['props'] ?? '') as ComponentProps<typeof Linking>;
  target.replaceChildren();
  mount(Linking, { target, props });
}
